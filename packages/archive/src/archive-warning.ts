/** Something a person should know, although nothing is lost. The sink hands it to `onWarning`; it never logs. */
export interface ArchiveWarning {
  /**
   * - `content_differs`: an event comes again with another content than the archive has. The archive keeps the first one.
   * - `network_file_system`: the folder is on a network file system, where locks may not work.
   */
  readonly code: 'content_differs' | 'network_file_system'
  readonly message: string
}

export type OnArchiveWarning = (warning: ArchiveWarning) => void
