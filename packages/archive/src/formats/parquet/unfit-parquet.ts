/** What a file says of itself does not fit its size or our limits. The message is part of a sentence, such as `its footer claims …`. */
export class UnfitParquet extends Error {}

/** Our objects are much smaller. The limits keep a file that somebody planted from filling the memory. */
export const most = {
  /** 4 MiB. */
  footerBytes: 4_194_304,
  /** Bytes of one page, decompressed: 64 MiB. */
  pageBytes: 67_108_864,
  /** Bytes of all pages that are read, decompressed: 512 MiB. */
  bytes: 536_870_912,
  rows: 2_000_000,
  /** Values in all columns that are read. */
  values: 64_000_000,
} as const

/** The end of a sentence about a number. */
export const thanAnyObject = 'more than any object of an archive has'

/** What `readParquet` rejected with, as part of a sentence: the reason, or `otherwise` for bytes that are not whole. */
export function asReason(error: unknown, otherwise: string): Error {
  return error instanceof UnfitParquet ? error : new Error(otherwise)
}
