/**
 * Faults are data. They are recognised by their shape, not by a class: your sink needs no import of ours at run time, and two
 * copies of this package in one process work together. Throw an Error with these properties, or use `fault()`.
 */
export type FaultShape = Temporary | Rejected | Fatal

interface AnyFault {
  /** Stable and documented; tests and alarms match on it, never on the message. */
  readonly code: string
  /** How many records from the start of this write are already safe. */
  readonly accepted?: number
}

/** The same request may succeed later. `deliver` waits and sends the rest again, with no limit of attempts. */
export interface Temporary extends AnyFault {
  readonly fault: 'temporary'
  /** How long the server asked to wait, in milliseconds. `deliver` waits ten minutes at most. */
  readonly retryAfterMs?: number
  /**
   * One record may cause it. After this many failures in a row of the same write, `deliver` halves the write. A single record is
   * refused if it fails that often again while others are accepted.
   */
  readonly isolateAfter?: number
}

/** The destination will never accept something in this write. `at` says where, as far as known. */
export type Rejected = RejectedRecord | RejectedPart

interface RejectedRecord extends AnyFault {
  readonly fault: 'rejected'
  /** The index of the record refused. Everything before it is accepted. */
  readonly at: number
}

interface RejectedPart extends AnyFault {
  readonly fault: 'rejected'
  /** `none-taken`: one or more records are bad, and none was taken. `some-taken`: an unknown part was taken. */
  readonly at: 'none-taken' | 'some-taken'
  /** How many records it concerns, counted after the accepted ones. Default: all the rest. */
  readonly affected?: number
}

/** This set-up cannot work. `deliver` pauses and reports the next step. */
export interface Fatal extends AnyFault {
  readonly fault: 'fatal'
  /** Nothing can fix it while this process runs, so `deliver` rejects instead of pausing. */
  readonly final?: boolean
}

interface Kinds {
  temporary: Temporary
  rejected: Rejected
  fatal: Fatal
}

/** A fault of one kind, as `Fault<'fatal'>`, or of any kind. */
export type Fault<K extends keyof Kinds = keyof Kinds> = Error & Kinds[K]

export type FaultOptions<K extends keyof Kinds = keyof Kinds> = Kinds[K] & {
  readonly fault: K
  readonly message: string
  readonly cause?: unknown
}

/** Makes a fault. `message` is a sentence, with the next step if there is one. It must not contain a secret. */
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
 * Turns anything thrown into a fault. An error without the shape is temporary, code `unclassified`: a sink
 * written in ten lines around `fetch` throws plain errors when the network is down, and waiting loses nothing.
 * A fault with impossible fields is a defect of the code that threw it: fatal, code `fault_contract`, and its fields are not used.
 *
 * `records`: the number of records in that write. Without it, indexes and counts have no upper limit.
 */
export function toFault(value: unknown, records: number = Number.POSITIVE_INFINITY): Fault {
  if (!isFault(value)) {
    const { message = String(value) } = Object(value) as { message?: string }
    const problem = shapeProblemOf(value)
    if (problem !== undefined) return impossible('Something meant as a fault', problem, message, value)
    return fault({
      fault: 'temporary',
      code: 'unclassified',
      message: withCode(message, value),
      cause: value,
    })
  }
  const problem = problemOf(value, records)
  if (problem === undefined) return value
  const what = `A ${value.fault} fault with the code ${value.code}`
  return impossible(what, problem, value.message, value)
}

/** `fetch` says no more than `fetch failed`. What failed is the code of its cause, such as `ECONNREFUSED`. */
function withCode(message: string, value: unknown): string {
  const { cause } = Object(value) as { cause?: unknown }
  const { code } = Object(cause) as { code?: unknown }
  return typeof code === 'string' && /^[A-Z][A-Z0-9_]+$/.test(code) ? `${message} (${code})` : message
}

function impossible(what: string, problem: string, said: string, cause: unknown): Fault {
  const message = `${what} breaks the contract of faults: ${problem}. Fix the code that throws it. Its message: ${said}`
  return fault({ fault: 'fatal', final: true, code: 'fault_contract', message, cause })
}

/** Why a value that was meant as a fault is not one; undefined if it was not meant as one. */
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

/** What is wrong with it, or undefined. Code without types may have thrown it, so a field may have any value. */
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
