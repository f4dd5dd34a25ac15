/**
 * Faults are data, read by shape and never by class: a sink of yours needs nothing of ours at run time, and two
 * copies of this package in one process agree. Throw an Error with these properties, or use `fault()`.
 */
export interface FaultShape {
  /**
   * - `temporary`: the same request may succeed later. `deliver` waits and sends the rest again, without end.
   * - `rejected`: something in this write, never. `at` says what is known about where.
   * - `fatal`: this set-up, never. `deliver` pauses and says the next step.
   */
  readonly fault: 'temporary' | 'rejected' | 'fatal'
  /** Only with `fatal`: nothing mends it while this process runs, so `deliver` rejects in place of a pause. */
  readonly final?: boolean
  /** Stable and documented; tests and alarms match on it, never on the message. */
  readonly code: string
  /** How long the server asked to be left alone. Ten minutes of it are waited at most. */
  readonly retryAfterMs?: number
  /** How many records from the start of this write are already safe. */
  readonly accepted?: number
  /**
   * Only with `rejected`. A number: the index of the record refused, everything before it is accepted.
   * `none-taken`: one or more of them, and nothing was taken. `some-taken`: an unknown part was taken.
   */
  readonly at?: number | 'none-taken' | 'some-taken'
  /** Only with `none-taken` and `some-taken`: how many records after the accepted ones it is about. Default: all the rest. */
  readonly affected?: number
  /**
   * Only with `temporary`: it may be the fault of one record. After this many in a row on the same write, `deliver` halves it; a
   * record left alone is refused if it fails as often again while others are accepted.
   */
  readonly isolateAfter?: number
}

export interface Fault extends Error, FaultShape {}

export interface FaultOptions extends FaultShape {
  readonly message: string
  readonly cause?: unknown
}

/** Makes a fault. `message` is a sentence with the next step where there is one; it must not hold a secret. */
export function fault({ message, cause, ...shape }: FaultOptions): Fault {
  const error = cause === undefined ? new Error(message) : new Error(message, { cause })
  return Object.assign(error, shape)
}

export function isFault(value: unknown): value is Fault {
  if (!(value instanceof Error)) return false
  const { fault: kind, code } = value as Partial<FaultShape> & Error
  return (kind === 'temporary' || kind === 'rejected' || kind === 'fatal') && typeof code === 'string'
}

/**
 * Reads anything thrown as a fault. An error without the shape counts as temporary, code `unclassified`: a sink
 * written in ten lines around `fetch` throws plain errors when the network is down, and waiting loses nothing.
 */
export function toFault(value: unknown): Fault {
  if (isFault(value)) return value
  const message = value instanceof Error ? value.message : String(value)
  return fault({ fault: 'temporary', code: 'unclassified', message, cause: value })
}
