/**
 * Faults are data, read by shape and never by class: a sink of yours needs nothing of ours at run time, and two
 * copies of this package in one process agree. Throw an Error with these properties, or use `fault()`.
 */
export type FaultShape = Temporary | Rejected | Fatal

interface AnyFault {
  /** Stable and documented; tests and alarms match on it, never on the message. */
  readonly code: string
  /** How many records from the start of this write are already safe. */
  readonly accepted?: number
}

/** The same request may succeed later. `deliver` waits and sends the rest again, without end. */
export interface Temporary extends AnyFault {
  readonly fault: 'temporary'
  /** How long the server asked to be left alone. Ten minutes of it are waited at most. */
  readonly retryAfterMs?: number
  /**
   * It may be the fault of one record. After this many in a row on the same write, `deliver` halves it; a record left alone is
   * refused if it fails as often again while others are accepted.
   */
  readonly isolateAfter?: number
}

/** Something in this write will never be taken. `at` says what is known about where. */
export type Rejected = RejectedRecord | RejectedPart

interface RejectedRecord extends AnyFault {
  readonly fault: 'rejected'
  /** The index of the record refused. Everything before it is accepted. */
  readonly at: number
}

interface RejectedPart extends AnyFault {
  readonly fault: 'rejected'
  /** `none-taken`: one or more of them, and nothing was taken. `some-taken`: an unknown part was taken. */
  readonly at: 'none-taken' | 'some-taken'
  /** How many records after the accepted ones it is about. Default: all the rest. */
  readonly affected?: number
}

/** This set-up will never work. `deliver` pauses and says the next step. */
export interface Fatal extends AnyFault {
  readonly fault: 'fatal'
  /** Nothing mends it while this process runs, so `deliver` rejects in place of a pause. */
  readonly final?: boolean
}

interface Kinds {
  temporary: Temporary
  rejected: Rejected
  fatal: Fatal
}

/** Of one kind, as in `Fault<'fatal'>`, or of any. */
export type Fault<K extends keyof Kinds = keyof Kinds> = Error & Kinds[K]

export type FaultOptions<K extends keyof Kinds = keyof Kinds> = Kinds[K] & {
  readonly fault: K
  readonly message: string
  readonly cause?: unknown
}

/** Makes a fault. `message` is a sentence with the next step where there is one; it must not hold a secret. */
export function fault<K extends keyof Kinds>({ message, cause, ...shape }: FaultOptions<K>): Fault<K> {
  const error = cause === undefined ? new Error(message) : new Error(message, { cause })
  return Object.assign(error, shape as unknown as Kinds[K])
}

/** Whether it has the kind and the code of a fault. The other fields are checked by `toFault`. */
export function isFault(value: unknown): value is Fault {
  if (!(value instanceof Error)) return false
  const { fault: kind, code } = value as Partial<FaultShape> & Error
  return isKind(kind) && typeof code === 'string' && code !== ''
}

function isKind(kind: unknown): kind is keyof Kinds {
  return kind === 'temporary' || kind === 'rejected' || kind === 'fatal'
}

/**
 * Reads anything thrown as a fault. An error without the shape counts as temporary, code `unclassified`: a sink
 * written in ten lines around `fetch` throws plain errors when the network is down, and waiting loses nothing.
 * A fault that cannot be is a defect of what threw it: fatal, code `fault_contract`, and nothing it says is believed.
 *
 * `records`: how many were in the write it is about. Without it, indexes and counts have no upper end.
 */
export function toFault(value: unknown, records: number = Number.POSITIVE_INFINITY): Fault {
  if (!isFault(value)) {
    const { message = String(value) } = Object(value) as { message?: string }
    const problem = shapeProblemOf(value)
    if (problem !== undefined) return impossible('Something meant as a fault', problem, message, value)
    return fault({ fault: 'temporary', code: 'unclassified', message, cause: value })
  }
  const problem = problemOf(value, records)
  if (problem === undefined) return value
  const what = `A ${value.fault} fault with the code ${value.code}`
  return impossible(what, problem, value.message, value)
}

function impossible(what: string, problem: string, said: string, cause: unknown): Fault {
  const message = `${what} breaks the contract of faults: ${problem}. Mend what throws it. It says: ${said}`
  return fault({ fault: 'fatal', final: true, code: 'fault_contract', message, cause })
}

/** What keeps it from being the fault it was meant to be; undefined: it was not meant as one. */
function shapeProblemOf(value: unknown): string | undefined {
  const { fault: kind, code } = Object(value) as { fault?: unknown; code?: unknown }
  if (isKind(kind))
    return value instanceof Error ? `\`code\` is ${shown(code)}, not a text` : 'it is not an Error'
  if (typeof kind !== 'string' || typeof code !== 'string') return undefined
  return `\`fault\` is ${shown(kind)}, not 'temporary', 'rejected' or 'fatal'`
}

const kindOfField = {
  retryAfterMs: 'temporary',
  isolateAfter: 'temporary',
  at: 'rejected',
  affected: 'rejected',
  final: 'fatal',
} as const

/** What is wrong with it, undefined: nothing. Code without types may have thrown it, so every field may be anything. */
function problemOf(found: Fault, records: number): string | undefined {
  // Not a copy: a class may have getters.
  const fields = found as unknown as Readonly<Record<string, unknown>>
  for (const [field, kind] of Object.entries(kindOfField)) {
    if (fields[field] !== undefined && kind !== found.fault)
      return `\`${field}\` belongs to a ${kind} fault only`
  }
  const { accepted = 0, at, affected, isolateAfter, retryAfterMs, final } = fields
  if (!isWhole(accepted, 0, records))
    return `\`accepted\` is ${shown(accepted)}, not ${wholeNumber(0, records)}`
  if (found.fault === 'rejected') {
    const isPart = at === 'none-taken' || at === 'some-taken'
    if (!isPart && !isWhole(at, accepted, records - 1))
      return `\`at\` is ${shown(at)}, not ${wholeNumber(accepted, records - 1)}, 'none-taken' or 'some-taken'`
    if (affected !== undefined && !isPart) return '`affected` does not go with the index of one record'
    if (affected !== undefined && !isWhole(affected, 1, records - accepted))
      return `\`affected\` is ${shown(affected)}, not ${wholeNumber(1, records - accepted)}`
  }
  if (isolateAfter !== undefined && !isWhole(isolateAfter, 1, Number.POSITIVE_INFINITY))
    return `\`isolateAfter\` is ${shown(isolateAfter)}, not ${wholeNumber(1, Number.POSITIVE_INFINITY)}`
  if (retryAfterMs !== undefined && !(typeof retryAfterMs === 'number' && retryAfterMs >= 0))
    return `\`retryAfterMs\` is ${shown(retryAfterMs)}, not a number from 0 on`
  if (final !== undefined && typeof final !== 'boolean')
    return `\`final\` is ${shown(final)}, not true or false`
  return undefined
}

function isWhole(value: unknown, least: number, most: number): value is number {
  return Number.isInteger(value) && (value as number) >= least && (value as number) <= most
}

function wholeNumber(least: number, most: number): string {
  return most === Number.POSITIVE_INFINITY
    ? `a whole number from ${least} on`
    : `a whole number from ${least} to ${most}`
}

function shown(value: unknown): string {
  return typeof value === 'string' ? JSON.stringify(value) : String(value)
}
