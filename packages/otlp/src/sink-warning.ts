/** Something a person should know although every record is safe. Sinks hand it to `onWarning`; they never log. */
export interface SinkWarning {
  /**
   * - `receiver_message`: the OTLP receiver accepted everything, with a remark.
   * - `plain_http`: headers or a query, which may hold a secret, go to another machine in clear; once, when the sink is made.
   * - `path_twice`: the URL ends in `/v1/logs/v1/logs`; once, when the sink is made.
   * - `torn_line_cut`: the file ended in a half-written line, left by a crash, which was removed.
   * - `long_line`: a single record makes a line of 1 MiB or more, which some readers cut.
   * - `rotated_not_deleted`: a file that was set aside and is older than those to keep could not be deleted.
   * - `network_file_system`: the file is on one, whose locks may not hold.
   */
  readonly code:
    | 'receiver_message'
    | 'plain_http'
    | 'path_twice'
    | 'torn_line_cut'
    | 'long_line'
    | 'network_file_system'
    | 'rotated_not_deleted'
  readonly message: string
}

export type OnWarning = (warning: SinkWarning) => void
