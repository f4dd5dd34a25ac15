import type { Identified } from '@asana-audit/core'

/** The names of formats in settings and in the manifest. */
export const archiveFormats = ['jsonl', 'flat'] as const
export type ArchiveFormat = (typeof archiveFormats)[number]

/** How objects of one kind hold events, and where in the archive they are. */
export interface ObjectForm {
  readonly format: ArchiveFormat
  /** What the keys of its objects begin with. It ends with a slash. */
  readonly folder: string
  /** What their keys end with, such as `.jsonl.gz`. */
  readonly ending: string
  /** What an object holds of one event: for messages. */
  readonly unit: 'line' | 'row'
  encode(events: readonly Identified[]): Promise<Uint8Array>
  /** The events in order, as they were given. Rejects with an Error that says what is wrong, such as `its bytes are cut off`. */
  decode(bytes: Uint8Array): Promise<readonly unknown[]>
  /** Whether what an object holds beside the events follows from them. Undefined: it holds nothing else. */
  follows?(bytes: Uint8Array, events: readonly Identified[]): Promise<boolean>
}
