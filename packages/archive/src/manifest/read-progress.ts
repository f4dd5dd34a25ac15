/** How far the reading of an archive is. Entries of the manifest are read first, then objects. */
export interface ReadProgress {
  readonly entries: number
  readonly ofEntries: number
  readonly objects: number
  /** 0 while entries are read. */
  readonly ofObjects: number
}
