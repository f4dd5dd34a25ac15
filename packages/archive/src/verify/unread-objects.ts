import { type Fault, isFault } from '@asana-audit/core'
import type { ObjectStore } from '../store/object-store.ts'

/** Why objects and entries that are there could not be read at the last attempt, by their keys. */
export type UnreadObjects = ReadonlyMap<string, Fault>

/** Faults that say something of one object or entry. With others, such as `forbidden`, none may be readable. */
const ofOneObject = new Set(['not_restored', 'object_too_large', 'no_permission', 'file_error'])

/** Faults that are only about what the store holds. `no_permission` is not one: a folder may answer so for any name. */
const ofHeld = new Set(['not_restored', 'object_too_large'])

/** Whether this fault proves that the object or entry is there. */
export function isProofOfPresence({ code }: Fault): boolean {
  return ofHeld.has(code)
}

/** The same store, to compare what can be read: an object or entry that cannot be read now seems to be gone there, and `unread` says why. */
export function withoutUnread(store: ObjectStore): {
  readonly store: ObjectStore
  readonly unread: UnreadObjects
} {
  const unread = new Map<string, Fault>()

  async function read(key: string, signal?: AbortSignal): Promise<Uint8Array | undefined> {
    try {
      const bytes = await store.read(key, signal)
      unread.delete(key)
      return bytes
    } catch (error) {
      if (!isFault(error) || !ofOneObject.has(error.code)) throw error
      unread.set(key, error)
      return undefined
    }
  }

  return {
    unread,
    store: {
      place: store.place,
      read,
      claim: () => store.claim(),
      create: (...words) => store.create(...words),
      list: (...words) => store.list(...words),
      ...(store.notFiles && { notFiles: (folder) => store.notFiles!(folder) }),
      allowsRemoval: (signal) => store.allowsRemoval(signal),
      remove: (...words) => store.remove(...words),
      close: () => store.close(),
    },
  }
}
