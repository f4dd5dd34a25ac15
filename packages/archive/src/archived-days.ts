import { type Fault, fault, type Identified } from '@asana-audit/core'
import { millisAt } from '@asana-audit/schema/lossless'
import type { ObjectForm } from './formats/object-form.ts'
import { dayFolder, isJoinedKey, readKey } from './layout/object-key.ts'
import { readObject } from './objects/read-object.ts'
import type { ObjectStore } from './store/object-store.ts'

/** An object that holds events of a write. */
export interface FoundObject {
  readonly key: string
  readonly bytes: Uint8Array
  /** Its entry in the manifest cannot be older than this, in milliseconds since 1970. */
  readonly notBefore: number
  readonly events: readonly Identified[]
  /** Pairs of an event of the write and the one in the object with its gid. */
  readonly both: readonly (readonly [written: Identified, archived: Identified])[]
}

interface Found {
  readonly left: readonly Identified[]
  readonly found: readonly FoundObject[]
}

/** Which events the archive has in each form, by the objects of their days. */
export interface ArchivedDays {
  /** Of these events of a day, `left` are those that no object of this form has, and `found` are the objects that have some of the others. */
  search(form: ObjectForm, day: string, events: readonly Identified[], signal?: AbortSignal): Promise<Found>
  /** An object of that form and day was created. */
  add(form: ObjectForm, day: string, key: string, events: readonly Identified[]): void
}

/** Milliseconds since 1970, both included. */
interface Span {
  readonly from: number
  readonly until: number
}

interface Known {
  readonly storedAt: number
  /** The times of its events. Undefined until the object was read. */
  span: Span | undefined
}

/** Days, of each form, whose objects are remembered. A backlog goes through them in order. */
const mostFolders = 200
/** How often a day is listed for one write, while objects of it are removed. */
const mostListings = 5

/**
 * A day is listed when its first event comes. An object is read only if its time overlaps with that of the events, and all are read
 * once to know their times. Ids are not kept: memory does not grow with the archive.
 */
export function archivedDays(
  store: ObjectStore,
  isRecordedJoin: (key: string, notBefore: number, signal?: AbortSignal) => Promise<boolean>,
): ArchivedDays {
  const folders = new Map<string, Map<string, Known>>()

  async function objectsOf(form: ObjectForm, day: string, signal?: AbortSignal): Promise<Map<string, Known>> {
    const folder = dayFolder(form, day)
    const known = folders.get(folder)
    if (known) return known
    const objects = new Map<string, Known>()
    for await (const { key, storedAt } of store.list(folder, signal)) {
      // Skip a joined object until it has an entry: until then the objects that it is made of are there too.
      if (isJoinedKey(key) && !(await isRecordedJoin(key, Date.parse(day), signal))) continue
      if (readKey(key)) objects.set(key, { storedAt, span: undefined })
    }
    folders.set(folder, objects)
    const [oldest] = folders.keys()
    if (folders.size > mostFolders && oldest !== undefined) folders.delete(oldest)
    return objects
  }

  /** Undefined if an object was removed since the day was listed: it may have been joined with others. */
  async function searchListed(
    form: ObjectForm,
    day: string,
    events: readonly Identified[],
    signal?: AbortSignal,
  ): Promise<Found | undefined> {
    const span = spanOf(events)
    const found: FoundObject[] = []
    const left = new Map(events.map((event) => [event.gid, event]))
    for (const [key, known] of await objectsOf(form, day, signal)) {
      if (known.span && !overlap(known.span, span)) continue
      const bytes = await store.read(key, signal)
      if (!bytes) return undefined
      const archived = await readObject(key, bytes)
      known.span = spanOf(archived)
      const both = archived.flatMap((event) => {
        const written = left.get(event.gid)
        return written ? [[written, event] as const] : []
      })
      for (const [{ gid }] of both) left.delete(gid)
      // An object is stored after its events happened. A copy of the archive has a later time of storing, so that alone says too little.
      const notBefore = Math.min(known.storedAt, known.span.until)
      if (both.length > 0) found.push({ key, bytes, notBefore, events: archived, both })
    }
    return { left: [...left.values()], found }
  }

  return {
    async search(form, day, events, signal) {
      for (let attempt = 1; attempt <= mostListings; attempt += 1) {
        const searched = await searchListed(form, day, events, signal)
        if (searched) return searched
        folders.delete(dayFolder(form, day))
      }
      throw keepsChanging(day, store.place)
    },
    add(form, day, key, events) {
      folders.get(dayFolder(form, day))?.set(key, { storedAt: 0, span: spanOf(events) })
    },
  }
}

function spanOf(events: readonly Identified[]): Span {
  let from = Number.POSITIVE_INFINITY
  let until = Number.NEGATIVE_INFINITY
  for (const { created_at } of events) {
    const at = millisAt(created_at)
    from = Math.min(from, at)
    until = Math.max(until, at)
  }
  return { from, until }
}

function keepsChanging(day: string, place: string): Fault {
  const message = `Objects of ${day} in ${place} are gone as soon as they are listed. It is tried again; if this stays, see who removes them.`
  return fault({ fault: 'temporary', code: 'objects_vanish', message })
}

function overlap(one: Span, other: Span): boolean {
  return one.from <= other.until && other.from <= one.until
}
