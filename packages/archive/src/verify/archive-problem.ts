import type { Fault } from '@asana-audit/core'
import { manifestFolder } from '../manifest/manifest-entry.ts'
import type { NotAFile } from '../store/object-store.ts'

export type ArchiveProblemCode =
  /** Problems of the manifest. */
  | 'entry_missing'
  | 'entry_damaged'
  | 'chain_broken'
  | 'unsigned'
  | 'bad_signature'
  | 'head_missing'
  | 'no_archive'
  /** Problems of an object. */
  | 'missing'
  | 'not_read'
  | 'damaged'
  | 'changed'
  | 'reordered'
  | 'swapped'
  | 'entry_differs'
  | 'join_differs'
  | 'recorded_twice'
  | 'not_recorded'
  | 'foreign'
  /** Only when an archive is read: the object has a format that does not give its events back. */
  | 'unreadable'
  /** A problem of an event. */
  | 'twice'
  /** Problems of an event, compared with what Asana shows. */
  | 'not_archived'
  | 'rewritten'
  | 'not_shown'

export interface ArchiveProblem {
  readonly code: ArchiveProblemCode
  /** The key of the object or entry. */
  readonly key: string
  /** If the problem is about several entries of a lane that follow each other: how many, and the key of the last one. `key` is that of the first. */
  readonly entries?: { readonly count: number; readonly last: string }
  /** The gid of the event, if the problem is about one. */
  readonly gid?: string
  /** What is wrong and what to do, in whole sentences. */
  readonly message: string
}

/** The problem of an object that is there but that the store does not give now. */
export function notRead(key: string, { message: why }: Fault): ArchiveProblem {
  const message = `${key} cannot be read now, so it was not compared. ${why}`
  return { code: 'not_read', key, message }
}

/** A file that is not of an archive. */
export function foreign(key: string): ArchiveProblem {
  const message = `${key} is not of this archive. See who put it there, and move it away: readers of the archive may read it.`
  return { code: 'foreign', key, message }
}

/** Something in the folder of an archive that is not even a file. */
export function notAFile({ key, kind }: NotAFile): ArchiveProblem {
  const message = `${key} is ${kind} and not a file of this archive, so it was not opened. See who put it there, and move it away: another reader of the archive may wait for it for ever.`
  return { code: 'foreign', key, message }
}

/** A place without a manifest. */
export function noArchive(place: string, hasObjects: boolean): ArchiveProblem {
  const message = hasObjects
    ? `${place} has objects and no manifest, so it cannot be told what belongs to it. If its first run was killed, run it again; else take the folder _manifest back from a copy.`
    : `${place} holds no archive: it has no manifest. Give the place that run --to archive:… writes to: the folder or prefix that holds _manifest.`
  return { code: 'no_archive', key: manifestFolder, message }
}
