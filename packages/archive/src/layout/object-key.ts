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

/** Whether a text is a UTC day such as `2026-01-31`. */
export function isDay(text: string): boolean {
  const at = Date.parse(text)
  return /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(at) && dayOf(at) === text
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

const joinedForm = /\.joined-[0-9a-f]{16}(?=\.jsonl\.(gz|zst)$)/

/** The key of an object that holds the events of these, one after the other. It follows from their keys, and no other object has it. */
export function joinedKey(replaces: readonly [string, ...string[]]): string {
  const [first] = replaces
  const name = nameInKey(first)
  const ending = first.slice(first.lastIndexOf('.jsonl.'))
  return `${name}.joined-${sha256(replaces.join('\n')).slice(0, 16)}${ending}`
}

export function isJoinedKey(key: string): boolean {
  return joinedForm.test(key)
}

/** The part of a key that follows from the first event. */
export function nameInKey(key: string): string {
  return key.replace(joinedForm, '').replace(/\.jsonl\.(gz|zst)$/, '')
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
