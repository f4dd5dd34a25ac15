/** The exit statuses of the command. The README documents them. */
export const exitCode = {
  done: 0,
  failed: 1,
  wrongConfiguration: 2,
  /** Finished, but events were newly quarantined. */
  quarantined: 3,
  /** Finished, and rules found something. */
  hits: 3,
  /** Ended at once by a second signal. */
  interrupted: 130,
} as const

export type ExitCode = (typeof exitCode)[keyof typeof exitCode]
