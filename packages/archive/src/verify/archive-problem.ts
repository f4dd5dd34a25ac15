import type { Fault } from '@asana-audit/core'
import { isJoinedKey } from '../layout/object-key.ts'
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
  /** Problems of an object. `not_read`: of an object or an entry. */
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

/** Problems of an entry that leave unknown what it recorded. Before objects are compared, `not_read` is of entries. */
const lacking: ReadonlySet<ArchiveProblemCode> = new Set(['entry_missing', 'entry_damaged', 'not_read'])

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

/** The problem of an entry that is there but that the store does not give now. */
export function entryNotRead(key: string, { message: why }: Fault): ArchiveProblem {
  const message = `${key} cannot be read now, so what it recorded was not proved, nor that the entry after it follows. ${why} Then verify again.`
  return { code: 'not_read', key, message }
}

/** Whether entries are missing or could not be read, so that what they recorded is unknown. */
export function lacksEntries(problems: readonly ArchiveProblem[]): boolean {
  return problems.some(({ code }) => lacking.has(code))
}

/** `mayBeRecorded`: see `lacksEntries`. */
export function notRecorded(key: string, mayBeRecorded: boolean): ArchiveProblem {
  const killed = isJoinedKey(key)
    ? 'If archive compact was killed right after it wrote it, run that again'
    : 'If a run was killed right after it wrote it, the next run records it when its events come again'
  const message = mayBeRecorded
    ? `${key} has no entry that can be read. It may be that of an entry that is missing or cannot be read: leave it where it is, mend the manifest, then verify again.`
    : `${key} has no entry in the manifest. ${killed}; else see who put it there, and move it away.`
  return { code: 'not_recorded', key, message }
}

/** The same problem of an object that is gone, if entries are missing or could not be read: see `lacksEntries`. */
export function perhapsJoined({ code, key }: ArchiveProblem): ArchiveProblem {
  const message = `${key} is not there. It may have been joined with others, by an entry that is missing or cannot be read: verify again when that is mended. If it is still missing then, take it back from a copy.`
  return { code, key, message }
}

export function joinDiffers(key: string, lacking: string): ArchiveProblem {
  const message = `The joined object ${key} does not hold the events of ${lacking}, which it replaces, as they were stored. Take ${lacking} back from a copy.`
  return { code: 'join_differs', key, message }
}

/** `isUnread`: whether some entries cannot be read now. */
export function headMissing(place: string, digest: string, isUnread: boolean): ArchiveProblem {
  const message = isUnread
    ? `No entry of ${place} that can be read has the digest ${digest}. It may be that of one that cannot be read now: verify again when it can.`
    : `No chain of ${place} holds the entry with the digest ${digest}. Entries were taken away or written anew since that head was noted. Compare with a copy.`
  return { code: 'head_missing', key: manifestFolder, message }
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
