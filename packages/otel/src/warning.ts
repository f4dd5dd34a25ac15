/** Something a person should know. */
export interface AuditWarning {
  /**
   * - `best_effort`: no exporter is tracked, so events may be lost; once, at the start.
   * - `hidden_processors`: the same, and the processors of this provider cannot be checked; once, at the start.
   * - `attributes_dropped`: the limits of the SDK leave out attributes of our records; once.
   * - `exporter_threw`: the exporter threw after it had called back; once, from `tracked`, as a warning of Node.
   * - `retrying`: the same has failed five times in a row, and is tried again; nothing is lost.
   * - `paused`: a person must fix something; nothing is lost.
   * - `quarantined`: events could not be delivered; they are in the quarantine of the state. One warning for all that went there together for the same reason.
   * - `ended`: it ended by a fault that cannot pass while the process runs; the next start goes on.
   */
  readonly code:
    | 'best_effort'
    | 'hidden_processors'
    | 'attributes_dropped'
    | 'exporter_threw'
    | 'retrying'
    | 'paused'
    | 'quarantined'
    | 'ended'
  /** A sentence with the next step. It never holds a secret. */
  readonly message: string
}

export type OnWarning = (warning: AuditWarning) => void

/** As a warning of Node, which it prints to standard error unless the host handles it. */
export const warnByNode: OnWarning = ({ code, message }) =>
  process.emitWarning(message, { type: 'AsanaAuditWarning', code })

/** The same; what it throws ends nothing, and Node prints the warning instead. */
export function guardedWarning(onWarning: OnWarning): OnWarning {
  return (warning) => {
    try {
      onWarning(warning)
    } catch {
      warnByNode(warning)
    }
  }
}
