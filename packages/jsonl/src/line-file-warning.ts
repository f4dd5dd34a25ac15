/** Something a person should know, although every record is safe. Sinks hand it to `onWarning`; they never log. */
export interface LineFileWarning {
  /**
   * - `torn_line_cut`: the file ended in a half-written line, left by a crash, which was removed.
   * - `rotated_not_deleted`: a rotated file that is older than those to keep could not be deleted.
   * - `network_file_system`: the file is on a network file system, where locks may not work.
   */
  readonly code: 'torn_line_cut' | 'network_file_system' | 'rotated_not_deleted'
  readonly message: string
}

export type OnLineFileWarning = (warning: LineFileWarning) => void
