import type { Identified } from '@asana-audit/core'

/** The names of formats in settings and in the manifest. */
export const archiveFormats = ['jsonl', 'flat', 'ocsf', 'ocsf_jsonl', 'ecs', 'cim'] as const
export type ArchiveFormat = (typeof archiveFormats)[number]
/** The formats that give the events back. The others are views. */
export const recordFormats: readonly ArchiveFormat[] = ['jsonl', 'flat']

/** How objects of one kind hold events, and where in the archive they are. */
export interface ObjectForm {
  readonly format: ArchiveFormat
  /** Whether its objects give the events back as they were given. Else they hold a view of them, beside a record. */
  readonly isRecord: boolean
  /** What the keys of its objects begin with. It ends with a slash. */
  readonly folder: string
  /** The name of the folder of a UTC day below it, such as `day=2026-03-10`. */
  partition(day: string): string
  /** What their keys end with, such as `.jsonl.gz`. */
  readonly ending: string
  /** What an object holds of one event: for messages. */
  readonly unit: 'line' | 'row'
  /** What its objects hold of these events, in order: the events themselves, or what a view makes of those that it has a place for. */
  rowsOf(events: readonly Identified[]): Promise<readonly Identified[]>
  /** Rows are taken one by one, so they need not be in memory all at once. */
  encode(rows: Iterable<Identified>): Promise<Uint8Array>
  /** The rows in order, as they were given. Rejects with an Error that says what is wrong, such as `its bytes are cut off`. */
  decode(bytes: Uint8Array): Promise<readonly unknown[]>
  /** Whether what an object holds beside its rows follows from them. Undefined: it holds nothing else. */
  follows?(bytes: Uint8Array, rows: readonly Identified[]): Promise<boolean>
}

/** What all records have: the events themselves, and Hive's name of a partition. */
export const asRecord = {
  isRecord: true,
  partition: (day: string): string => `day=${day}`,
  rowsOf: async (events: readonly Identified[]): Promise<readonly Identified[]> => events,
} as const
