/** Whether something works. */
export interface Verdict {
  readonly ok: boolean
  /** The code of a problem, or of a warning where `ok` is true. */
  readonly code?: string
  /** What works, or how to fix what does not. */
  readonly message: string
}
