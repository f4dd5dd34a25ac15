import { anySignal } from './abort/any-signal.ts'
import { type Clock, systemClock } from './clock.ts'
import { minuteMs } from './duration.ts'
import type { OnFact, Part } from './fact.ts'
import { type Fault, fault, type Temporary, toFault } from './fault.ts'
import { askedToWait, cutShort, waitableMs } from './http/answers/retry-after.ts'

export interface RetryPolicy {
  readonly part: Part
  readonly clock?: Clock
  readonly signal?: AbortSignal | undefined
  /**
   * After a fatal fault, `pause` waits `pauseMs` and tries again; `reject` rejects with the fault.
   * @default 'reject'
   */
  readonly onFatal?: 'pause' | 'reject'
  /**
   * How long a pause lasts, in milliseconds.
   * @default 300_000
   */
  readonly pauseMs?: number
  /** Ends a pause when it resolves, as the cause of the fault may be gone. See `Source.changed`. */
  readonly changed?: ((signal: AbortSignal) => Promise<void>) | undefined
  /**
   * After this many milliseconds without success, the attempt under way is ended, and a temporary fault becomes fatal, code
   * `gave_up`. The time starts again after progress and after a pause.
   * @default never
   */
  readonly giveUpAfterMs?: number
  /**
   * The same, but counted from the first failure. It may be shorter: a failure may get less time than a slow answer.
   * @default `giveUpAfterMs`
   */
  readonly failingMs?: number
  /** When earlier attempts began to fail, if they did: milliseconds since 1970. */
  readonly since?: number | undefined
  /** Makes the first attempt even if `signal` is aborted. */
  readonly attemptEvenIfAborted?: boolean
  readonly onFact?: OnFact | undefined
}

const firstWaitMs = 1_000
const longestWaitMs = minuteMs

/**
 * Tries until it works, with exponential backoff and jitter: the only place in the project that waits because of a fault.
 * A `rejected` fault passes through: the caller handles it. Rejects with `signal.reason` once aborted. Each attempt gets a signal that
 * is aborted when the time of `giveUpAfterMs` is up; the attempt must end then.
 */
export async function retry<T>(
  attempt: (timeUp: AbortSignal) => Promise<T>,
  policy: RetryPolicy,
): Promise<T> {
  const { part, signal, onFact, clock = systemClock } = policy
  const { giveUpAfterMs = Number.POSITIVE_INFINITY, failingMs = giveUpAfterMs } = policy
  let failures = 0
  let last: Fault | undefined
  let since = policy.since ?? clock.now()
  let until = since + (policy.since === undefined ? giveUpAfterMs : failingMs)
  for (;;) {
    if (failures > 0 || !policy.attemptEvenIfAborted) signal?.throwIfAborted()
    try {
      const result = await inTime(attempt, until - clock.now(), policy)
      if (failures > 0) onFact?.({ type: 'resumed', part, afterMs: clock.now() - since })
      return result
    } catch (error) {
      signal?.throwIfAborted()
      const found = toFault(error)
      if (found.fault === 'rejected') throw found
      const now = clock.now()
      if (found.accepted) {
        failures = 0
        until = now + giveUpAfterMs
      }
      if (failures === 0) {
        since = (found.accepted ? undefined : policy.since) ?? now
        until = Math.min(until, now + failingMs)
      }
      if (now >= until) throw gaveUp(last ?? found, failures > 0 ? failingMs : giveUpAfterMs)
      last = found
      failures += 1
      if (found.fault === 'fatal') {
        await pause(found, policy)
        until = clock.now() + giveUpAfterMs
        continue
      }
      const waitMs = waitAfter(found, failures, clock.random())
      if (now + waitMs > until) throw gaveUpAtOnce(found, waitMs, failingMs)
      await waitOut(found, { failures, waitMs }, policy)
    }
  }
}

/** Without a reason, each abort makes an error with a stack. */
const hasEnded = 'The attempt has ended.'

/** One attempt. Its signal is aborted when its time is up. */
async function inTime<T>(
  attempt: (timeUp: AbortSignal) => Promise<T>,
  ms: number,
  { part, clock = systemClock }: RetryPolicy,
): Promise<T> {
  const timeUp = new AbortController()
  if (ms === Number.POSITIVE_INFINITY) return attempt(timeUp.signal)
  const timer = new AbortController()
  clock.sleep(Math.max(0, ms), timer.signal).then(
    () => timeUp.abort(outOfTime(part)),
    () => {}, // The attempt has ended.
  )
  try {
    return await attempt(timeUp.signal)
  } finally {
    timer.abort(hasEnded)
  }
}

const slow = {
  source: 'Asana has not answered in time. Check whether a firewall or proxy on the way holds requests back.',
  sink: 'The destination has not accepted the write in time. Check whether it hangs or is overloaded, and whether a load balancer or proxy before it still reaches it.',
  state: 'The state has not answered in time. Check its disk, or its database.',
} satisfies Record<Part, string>

function outOfTime(part: Part): Fault {
  return fault({ fault: 'temporary', code: 'out_of_time', message: slow[part] })
}

/** Reports a fault and waits. */
export async function waitOut(
  found: Fault,
  { failures, waitMs }: { readonly failures: number; readonly waitMs: number },
  { part, signal, onFact, clock = systemClock }: RetryPolicy,
): Promise<void> {
  const { code } = found
  const asked = found.fault === 'temporary' ? found.retryAfterMs : undefined
  const message = `${found.message}${cutShort(asked)}`
  onFact?.({ type: 'retrying', part, code, message, failures, waitMs })
  await clock.sleep(waitMs, signal)
}

/** After a fatal fault: rejects with it, or reports it and waits for `pauseMs` or until `changed` resolves. Always rejects with a final one. */
export async function pause(found: Fault<'fatal'>, policy: RetryPolicy): Promise<void> {
  const { part, signal, changed, onFact, clock = systemClock } = policy
  const { onFatal = 'reject', pauseMs = 300_000 } = policy
  if (onFatal === 'reject' || found.final) throw found
  const { code, message } = found
  onFact?.({ type: 'paused', part, code, message, waitMs: pauseMs })
  const over = new AbortController()
  const until = anySignal(signal, over.signal)
  try {
    await Promise.race([clock.sleep(pauseMs, until), ...(changed ? [changed(until)] : [])])
  } finally {
    over.abort()
  }
}

/**
 * The wait that the server asks for, from a second to ten minutes, plus up to a tenth of jitter so that many clients do not return
 * at once. Without one: exponential backoff from a second to a minute, with jitter from half of it to all of it.
 */
export function waitAfter(found: Pick<Temporary, 'retryAfterMs'>, failures: number, chance: number): number {
  if (found.retryAfterMs !== undefined) {
    return Math.round(waitableMs(Math.max(found.retryAfterMs, firstWaitMs) * (1 + chance / 10)))
  }
  const ceiling = Math.min(longestWaitMs, firstWaitMs * 2 ** (failures - 1))
  return Math.round(ceiling * (0.5 + chance / 2))
}

const nothingLost = 'nothing is lost, start again when it is fixed.'

/** If the next wait would be longer than the time left. */
function gaveUpAtOnce(cause: Fault<'temporary'>, waitMs: number, afterMs: number): Fault {
  const { retryAfterMs } = cause
  const end = retryAfterMs === undefined ? ' Gave up' : `${askedToWait(retryAfterMs)} Gave up without waiting`
  const message =
    `${cause.message}${end}: the next attempt, in ${Math.ceil(waitMs / 1000)} s, would come after the limit of ` +
    `${Math.round(afterMs / 1000)} s without progress; ${nothingLost} Or allow more time (give up after).`
  return fault({ fault: 'fatal', code: 'gave_up', message, cause })
}

function gaveUp(cause: Fault, afterMs: number): Fault {
  const message = `${cause.message} Gave up after ${Math.round(afterMs / 1000)} s without progress; ${nothingLost}`
  return fault({ fault: 'fatal', code: 'gave_up', message, cause })
}
