import type { Compression } from '../compression.ts'
import { sha256 } from '../sha256.ts'

/** Where the events are, below the place of the archive. The name is that of the dialect. */
export const eventFolder = 'event/'

const endings: Readonly<Record<Compression, string>> = { gzip: '.jsonl.gz', zstd: '.jsonl.zst' }

const keyForm = /^event\/day=([+-]?\d{4,6}-\d\d-\d\d)\/[^/]+\.jsonl\.(gz|zst)$/

/** The UTC day of a time in milliseconds since 1970, such as `2026-01-31`. */
export function dayOf(at: number): string {
  return new Date(at).toISOString().split('T', 1)[0]!
}

/** What the keys of all objects of a day begin with. `day=` is how Hive, and most readers of such folders, write a partition. */
export function dayFolder(day: string): string {
  return `${eventFolder}day=${day}/`
}

/** The key of an object follows from its first event alone, so that a repeated attempt to write it finds the same key. */
export function objectKey(gid: string, at: number, compression: Compression): string {
  const [, time = ''] = new Date(at).toISOString().split('T')
  const name = `${time.slice(0, -1).replaceAll(':', '-')}-${nameOf(gid)}`
  return `${dayFolder(dayOf(at))}${name}${endings[compression]}`
}

/** The day and compression of an object; undefined for a key that is not of this layout. */
export function readKey(
  key: string,
): { readonly day: string; readonly compression: Compression } | undefined {
  const [, day, ending] = keyForm.exec(key) ?? []
  if (day === undefined) return undefined
  return { day, compression: ending === 'gz' ? 'gzip' : 'zstd' }
}

/** Asana's gids are digits. Anything else gets a name that every store and file system takes. */
function nameOf(gid: string): string {
  if (/^\w{1,64}$/.test(gid)) return gid
  return `x-${sha256(gid).slice(0, 32)}`
}
