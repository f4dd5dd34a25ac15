export type ArchiveProblemCode =
  /** In the manifest. */
  | 'entry_missing'
  | 'entry_damaged'
  | 'chain_broken'
  | 'unsigned'
  | 'bad_signature'
  | 'head_missing'
  /** Of an object. */
  | 'missing'
  | 'damaged'
  | 'changed'
  | 'reordered'
  | 'swapped'
  | 'entry_differs'
  | 'not_recorded'
  | 'foreign'
  /** Of an event. */
  | 'twice'

export interface ArchiveProblem {
  readonly code: ArchiveProblemCode
  /** Of the object or entry. */
  readonly key: string
  /** Of the event, where it is about one. */
  readonly gid?: string
  /** What is wrong and what to do, in whole sentences. */
  readonly message: string
}
