/** What a person should know, although every event goes on. */
export interface ContextWarning {
  /**
   * - `old_database`: the newest file cannot be used, so what an earlier one held still is.
   * - `damaged_database`: an entry that was looked up is damaged, and counts as none.
   */
  readonly code: 'old_database' | 'damaged_database'
  readonly message: string
}
