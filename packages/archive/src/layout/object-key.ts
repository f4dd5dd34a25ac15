import { compressions } from '../compression.ts'
import { flatParquet } from '../formats/flat/flat-parquet.ts'
import { jsonLines } from '../formats/json-lines.ts'
import type { ObjectForm } from '../formats/object-form.ts'
import { ocsfFolder, readOcsfKey } from '../formats/ocsf/ocsf-parquet.ts'
import { dialectNames } from '../formats/views/dialects.ts'
import { lineView } from '../formats/views/line-view.ts'
import { sha256 } from '../sha256.ts'

/** The forms of all formats except `ocsf`, whose folders say more than the day. */
const forms: readonly ObjectForm[] = [
  ...compressions.flatMap((one) => [jsonLines(one), ...dialectNames.map((name) => lineView(name, one))]),
  flatParquet,
]

/** What the keys of all objects begin with: one folder a format. */
export const objectFolders: readonly string[] = [...new Set(forms.map(({ folder }) => folder)), ocsfFolder]

const keyForm = /^[^/]+\/day=([+-]?\d{4,6}-\d\d-\d\d)\/[^/.][^/]*$/

/** The UTC day of a time in milliseconds since 1970, such as `2026-01-31`. */
export function dayOf(at: number): string {
  return new Date(at).toISOString().split('T', 1)[0]!
}

/** Whether a text is a UTC day such as `2026-01-31`. */
export function isDay(text: string): boolean {
  const at = Date.parse(text)
  return /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(at) && dayOf(at) === text
}

/** What the keys of all objects of a day begin with. */
export function dayFolder(form: ObjectForm, day: string): string {
  return `${form.folder}${form.partition(day)}/`
}

/** The key of an object follows from its first event alone, so that a repeated attempt to write it finds the same key. */
export function objectKey(form: ObjectForm, gid: string, at: number): string {
  const instant = new Date(at).toISOString()
  const time = instant.slice(instant.indexOf('T') + 1, -1)
  const name = `${time.replaceAll(':', '-')}-${nameOf(gid)}`
  return `${dayFolder(form, dayOf(at))}${name}${form.ending}`
}

const joinedForm = /\.joined-[0-9a-f]{16}(?=\.(jsonl\.(gz|zst)|parquet)$)/
const ending = /\.(jsonl\.(gz|zst)|parquet)$/

/**
 * The key of an object that holds the events of these, one after the other. It follows from their keys, and no other object has it. All are keys of
 * a record, and their endings are the same.
 */
export function joinedKey(replaces: readonly [string, ...string[]]): string {
  const [first] = replaces
  const [sameEnding] = ending.exec(first)!
  return `${nameInKey(first)}.joined-${sha256(replaces.join('\n')).slice(0, 16)}${sameEnding}`
}

export function isJoinedKey(key: string): boolean {
  return joinedForm.test(key)
}

/** The part of a key that follows from the first event. */
export function nameInKey(key: string): string {
  return key.replace(joinedForm, '').replace(ending, '')
}

/** The day and form of an object; undefined for a key that is not of this layout. */
export function readKey(key: string): { readonly day: string; readonly form: ObjectForm } | undefined {
  const day = keyForm.exec(key)?.[1]
  const form = forms.find(({ folder, ending }) => key.startsWith(folder) && key.endsWith(ending))
  return day === undefined || form === undefined ? readOcsfKey(key) : { day, form }
}

/** Asana's gids are digits. Anything else gets a name that every store and file system takes. */
function nameOf(gid: string): string {
  if (/^\w{1,64}$/.test(gid)) return gid
  return `x-${sha256(gid).slice(0, 32)}`
}
