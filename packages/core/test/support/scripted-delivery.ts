import {
  type Clock,
  type Commit,
  type DeliveryOptions,
  deliver,
  type Fact,
  type FaultShape,
  fault,
  type Lane,
  memoryState,
  type Sink,
  type Source,
} from '@asana-audit/core'
import { autoClock } from './auto-clock.ts'

export interface TestEvent {
  gid: string
  created_at: string
}

export const event = (gid: string | number): TestEvent => ({
  gid: String(gid),
  created_at: new Date(Date.parse('2026-02-01T00:00:00Z') + Number(gid) * 1000).toISOString(),
})

export function events(count: number, from = 1): TestEvent[] {
  return Array.from({ length: count }, (_, index) => event(from + index))
}

/** Time that does not pass: waits end by being stopped only. */
export function standingClock(): Clock {
  return {
    ...autoClock(),
    sleep: (_, signal) =>
      new Promise((_resolve, reject) => {
        signal?.addEventListener('abort', () => reject(signal.reason))
      }),
  }
}

/** Batches of `size`; the cursor is the number of events given so far. */
export function sourceOf(all: TestEvent[], size = 10): Source<TestEvent> {
  return {
    async *read(cursor) {
      for (let at = Number(cursor ?? 0); at < all.length; at += size) {
        const taken = all.slice(at, at + size)
        yield { events: taken, malformed: [], cursor: String(at + taken.length) }
      }
    },
  }
}

export type Behaviour = (records: readonly string[], attempt: number) => FaultShape | undefined

interface Destination extends Sink<string> {
  readonly accepted: string[]
  readonly attempts: number
}

/** Takes everything but where `behave` answers with a fault; then it takes what the fault says is accepted. */
export function destination(behave: Behaviour = () => undefined): Destination {
  const accepted: string[] = []
  let attempts = 0
  return {
    // One write a batch, so that each test sees the writes it is about.
    prefers: { records: 1 },
    accepted,
    get attempts() {
      return attempts
    },
    async write(records) {
      attempts += 1
      const shape = behave(records, attempts)
      if (!shape) {
        accepted.push(...records)
        return
      }
      const isOne = shape.fault === 'rejected' && typeof shape.at === 'number'
      const taken = isOne ? shape.at : (shape.accepted ?? 0)
      accepted.push(...records.slice(0, taken))
      throw fault({ message: `told to: ${shape.code}`, ...shape })
    },
  }
}

interface Ran {
  facts: Fact[]
  commits: Commit[]
  waits: number[]
  result: Awaited<ReturnType<typeof deliver>>
}

export async function run(
  options: Partial<DeliveryOptions<TestEvent, string>> &
    Pick<DeliveryOptions<TestEvent, string>, 'source' | 'sink'> & { readonly lane?: Lane },
): Promise<Ran> {
  const clock = autoClock()
  const facts: Fact[] = []
  const commits: Commit[] = []
  const claim = await memoryState().claim('test')
  const inner = options.lane ?? (await claim.lane('live', ''))
  const lane: Lane = {
    ...inner,
    commit: async (commit) => {
      await inner.commit(commit)
      commits.push(commit)
    },
  }
  const result = await deliver({
    map: (one: TestEvent) => one.gid,
    clock,
    onFact: (fact) => facts.push(fact),
    ...options,
    lane,
  })
  return { facts, commits, waits: clock.waits, result }
}

export const gids = (list: TestEvent[]): string[] => list.map(({ gid }) => gid)
export const quarantine = (commits: Commit[]): string[] =>
  commits.flatMap(({ quarantined }) => quarantined.map(({ id, kind, code }) => `${id} ${kind} ${code}`))
