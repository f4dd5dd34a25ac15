/** Something a person should know, although nothing is lost. The sink hands it to `onWarning`; it never logs. */
export interface ArchiveWarning {
  /**
   * - `content_differs`: an event comes again with another content than the archive has. The archive keeps the first one.
   * - `insecure_tls`: certificates are not checked; `old_credentials`: a new certificate cannot be used, so the earlier one still is.
   * - `network_file_system`: the folder is on a network file system, where locks may not work.
   * - `store_waits`: a request to the store has failed, and is made again.
   */
  readonly code:
    | 'content_differs'
    | 'insecure_tls'
    | 'network_file_system'
    | 'old_credentials'
    | 'store_waits'
  readonly message: string
}

export type OnArchiveWarning = (warning: ArchiveWarning) => void
