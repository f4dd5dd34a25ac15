import { stat } from 'node:fs/promises'

/** Differs from the last one if the file was written or replaced. Times are in nanoseconds: two writes may fall into one millisecond. */
export async function fileVersion(path: string): Promise<string> {
  const { dev, ino, size, mtimeNs, ctimeNs } = await stat(path, { bigint: true })
  return [dev, ino, size, mtimeNs, ctimeNs].join(' ')
}
