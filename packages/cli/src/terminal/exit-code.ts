/** What the command's exit status says; documented in the README. */
export const exitCode = {
  done: 0,
  failed: 1,
  wrongConfiguration: 2,
  /** Finished, but events were newly quarantined. */
  quarantined: 3,
  /** Finished, and rules found something. */
  hits: 3,
  /** The second signal: left at once. */
  interrupted: 130,
} as const

export type ExitCode = (typeof exitCode)[keyof typeof exitCode]
