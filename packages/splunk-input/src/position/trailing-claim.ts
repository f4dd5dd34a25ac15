import { type Claim, type Clock, type Commit, type Fault, type Lane, toFault } from '@asana-audit/core'
import { inTurn } from '@asana-audit/core/sink-kit'

export interface TrailingClaimOptions {
  /** How far the position trails behind, in milliseconds. */
  readonly trailMs: number
  /** `EventStreamSink.flowingSince`. */
  readonly flowingSince: () => number
  /** A steady one: after a jump forward everything would be due at once, and after a jump back nothing for a long time. */
  readonly clock: Clock
  /** The state could not be written when nobody was waiting for it. It is tried again, and said once until it works. */
  readonly onFault: (found: Fault) => void
  /** Aborted when the delivery is to stop: then no commit waits any more. What is not due by then is never committed. */
  readonly signal: AbortSignal
  /**
   * Most events that wait. When they are reached, a commit waits until the oldest are due, and so does the delivery.
   * @default 100_000
   */
  readonly most?: number
}

/** A change of the state that is not due yet. */
interface Waiting {
  readonly since: number
  readonly ids: readonly string[]
  readonly work: () => Promise<void>
}

/** How often it looks while splunkd does not read, and after a failure. */
const lookAgainMs = 1_000

/**
 * A claim whose commits are made later: a destination that takes events into memory, as splunkd does from a pipe, may lose the last of them.
 * What was committed less than `trailMs` ago when the process ends, in any way, was not committed: the next start delivers it again, with
 * the same ids.
 *
 * A commit that waits is due `trailMs` after it was made, and not before the destination has taken all it was given for that long. All
 * changes of the state keep their order.
 */
export function trailingClaim(claim: Claim, options: TrailingClaimOptions): Claim {
  const { trailMs, flowingSince, clock, onFault, signal, most = 100_000 } = options
  const waiting: Waiting[] = []
  const ids = new Map<string, number>()
  const released = new AbortController()
  const oneAtATime = inTurn()
  let events = 0
  let isLooking = false

  const dueAt = ({ since }: Waiting): number => Math.max(since, flowingSince()) + trailMs

  /** Makes what is due. Rejects with the fault of the state; then the change stays the first. */
  const settle = (): Promise<void> =>
    oneAtATime(async () => {
      for (;;) {
        const [first] = waiting
        if (!first || dueAt(first) > clock.now()) return
        await first.work()
        waiting.shift()
        forget(first)
      }
    })

  function forget({ ids: of }: Waiting): void {
    events -= of.length
    for (const id of of) {
      const times = (ids.get(id) ?? 1) - 1
      if (times === 0) ids.delete(id)
      else ids.set(id, times)
    }
  }

  async function wait(first: Waiting, end: AbortSignal): Promise<void> {
    const ms = dueAt(first) - clock.now()
    await clock.sleep(Number.isFinite(ms) ? Math.max(0, ms) : lookAgainMs, end)
  }

  /** Runs while something waits. */
  async function look(): Promise<void> {
    let isFailing = false
    for (;;) {
      const [first] = waiting
      if (!first) break
      await wait(first, released.signal)
      try {
        await settle()
        isFailing = false
      } catch (error) {
        if (!isFailing) onFault(toFault(error))
        isFailing = true
        await clock.sleep(lookAgainMs, released.signal)
      }
    }
    isLooking = false
  }

  function later(of: readonly string[], work: () => Promise<void>): void {
    waiting.push({ since: clock.now(), ids: of, work })
    events += of.length
    for (const id of of) ids.set(id, (ids.get(id) ?? 0) + 1)
    if (isLooking) return
    isLooking = true
    // Rejects only when it is released.
    look().catch(() => {})
  }

  async function roomFor(more: number): Promise<void> {
    await settle()
    for (;;) {
      const [first] = waiting
      if (!first || events + more <= most || signal.aborted) return
      await wait(first, AbortSignal.any([released.signal, signal])).catch((error: unknown) => {
        if (!signal.aborted) throw error
      })
      await settle()
    }
  }

  async function inOrder(work: () => Promise<void>): Promise<void> {
    if (waiting.length === 0) await work()
    else later([], work)
  }

  function trailing(lane: Lane): Lane {
    return {
      load: () => lane.load(),
      ...(lane.acceptance && { acceptance: lane.acceptance }),
      async known(asked) {
        const known = await lane.known(asked)
        return new Set([...known, ...asked.filter((id) => ids.has(id))])
      },
      async commit(commit) {
        // Before it is noted: a commit that rejects is tried again.
        await roomFor(commit.delivered.length)
        later(idsOf(commit), () => lane.commit(commit))
      },
    }
  }

  const release = async (): Promise<void> => {
    released.abort('released')
    await claim.release()
  }

  return {
    lane: async (name, fingerprint) => trailing(await claim.lane(name, fingerprint)),
    start: (from) => inOrder(() => claim.start(from)),
    rewind: (name, cursor, from) => inOrder(() => claim.rewind(name, cursor, from)),
    rewindAll: (cursors, from) => inOrder(() => claim.rewindAll(cursors, from)),
    reopen: (from, until) => inOrder(() => claim.reopen(from, until)),
    drop: (name) => inOrder(() => claim.drop(name)),
    async forget() {
      // What waits would be of a pipeline that is gone.
      released.abort('forgotten')
      await claim.forget()
    },
    release,
    [Symbol.asyncDispose]: release,
  }
}

function idsOf({ delivered, quarantined }: Commit): string[] {
  return [...delivered.map(({ id }) => id), ...quarantined.flatMap(({ id }) => id ?? [])]
}
