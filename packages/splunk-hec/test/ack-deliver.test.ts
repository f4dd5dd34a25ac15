import {
  type Clock,
  type DeliverOptions,
  deliver,
  type Fact,
  memoryState,
  type Source,
} from '@asana-audit/core'
import type { AuditLogEvent } from '@asana-audit/schema'
import fc from 'fast-check'
import { expect, test, vi } from 'vitest'
import { autoClock } from '../../core/test/support/auto-clock.ts'
import { steppedClock } from '../../core/test/support/stepped-clock.ts'
import { asanaHecEvent, type HecEvent, type HecSinkOptions } from '../src/index.ts'
import { type AckReceiver, type AckReceiverOptions, startAckReceiver } from './support/ack-receiver.ts'
import { type Envelope, type Reply, reply } from './support/hec-receiver.ts'
import { sinkFor } from './support/sink-for.ts'

function auditEvents(count: number): AuditLogEvent[] {
  return Array.from({ length: count }, (_, number) => ({
    gid: String(number),
    created_at: new Date(Date.UTC(2026, 0, 1) + number * 1_000).toISOString(),
    event_type: 'user_login_succeeded',
    actor: { actor_type: 'user', gid: '7' },
  }))
}

function sourceOf(all: readonly AuditLogEvent[], size: number): Source<AuditLogEvent> {
  return {
    async *read(cursor) {
      for (let at = Number(cursor ?? 0); at < all.length; at += size) {
        const events = all.slice(at, at + size)
        // As large as a write, so that pages are not coalesced.
        yield { events, malformed: [], cursor: String(at + events.length), bytes: 4 * 2 ** 20 }
      }
    },
  }
}

const gidOf = ({ event }: Envelope): string => (event as { gid: string }).gid

interface Given extends Partial<HecSinkOptions> {
  readonly size?: number
  readonly commits?: string[]
  readonly giveUpAfterMs?: DeliverOptions<AuditLogEvent, HecEvent>['giveUpAfterMs']
}

interface Run {
  readonly quarantined: readonly string[]
  readonly retried: readonly string[]
}

/** Delivers to the end, with a clock that only waiting moves. Every event must be indexed before it is committed. */
async function run(all: readonly AuditLogEvent[], receiver: AckReceiver, given: Given = {}): Promise<Run> {
  const { size = 5, commits = [], giveUpAfterMs, clock = autoClock(), ...options } = given
  const early: string[] = []
  const facts: Fact[] = []
  const claim = await memoryState().claim('test')
  const lane = await claim.lane('live', '')
  await deliver({
    source: sourceOf(all, size),
    map: (event) => asanaHecEvent(event),
    sink: sinkFor(receiver, { ack: true, clock, ...options }),
    lane: {
      ...lane,
      async commit(commit) {
        const indexed = arrived(receiver)
        const gids = commit.delivered.map(({ id }) => id)
        commits.push(...gids)
        early.push(...gids.filter((gid) => !indexed.has(gid)))
        await lane.commit(commit)
      },
    },
    clock,
    onFatal: 'reject',
    giveUpAfterMs,
    onFact: (fact) => void facts.push(fact),
  })
  expect(early).toEqual([])
  return {
    quarantined: facts.flatMap((fact) => (fact.type === 'quarantined' ? [`${fact.id} ${fact.code}`] : [])),
    retried: facts.flatMap((fact) => (fact.type === 'retrying' ? [fact.code] : [])),
  }
}

const arrived = ({ indexed }: AckReceiver): Set<string> => new Set(indexed.map(gidOf))
const all = auditEvents(60)
const everyGid = new Set(all.map(({ gid }) => gid))

test('without a fault every event is indexed exactly once', async () => {
  const receiver = await startAckReceiver()
  expect(await run(all, receiver)).toEqual({ quarantined: [], retried: [] })
  expect(receiver.indexed).toHaveLength(all.length)
  expect(arrived(receiver)).toEqual(everyGid)
})

test('events that a collector loses at a restart are sent again', async () => {
  const receiver: AckReceiver = await startAckReceiver({
    fault: ({ kind, number }) => {
      if (kind === 'event' && number % 5 === 0) receiver.restart()
      return undefined
    },
  })
  const { retried } = await run(all, receiver)
  expect(retried).toContain('channel_changed')
  expect(arrived(receiver)).toEqual(everyGid)
})

test('events without an acknowledgement are sent again after the timeout', async () => {
  const isStuck = (gid: string): boolean => gid === '7' || gid === '23'
  const tries = new Map<string, number>()
  const receiver = await startAckReceiver({
    fault: ({ post, kind }) => {
      for (const object of kind === 'event' ? post.objects : []) {
        const gid = gidOf(JSON.parse(object) as Envelope)
        tries.set(gid, (tries.get(gid) ?? 0) + 1)
      }
      return undefined
    },
    isIndexed: (envelopes) => !envelopes.map(gidOf).some((gid) => isStuck(gid) && tries.get(gid) === 1),
  })
  const { retried } = await run(all, receiver)
  expect(retried).toContain('ack_timeout')
  expect(arrived(receiver)).toEqual(everyGid)
})

test('delivery without an acknowledgement ends after giveUpAfterMs, even if that is shorter than the timeout of the acknowledgement', async () => {
  const receiver = await startAckReceiver({ isIndexed: () => false })
  const time = steppedClock()
  const waits: number[] = []
  const clock: Clock = {
    ...time,
    sleep(ms, signal) {
      waits.push(ms)
      return time.sleep(ms, signal)
    },
  }
  const giveUpAfterMs = { untilFirstWrite: 10_000, afterwards: 10_000 }
  const running = expect(run(all, receiver, { clock, giveUpAfterMs })).rejects.toMatchObject({
    code: 'gave_up',
    message: expect.stringContaining('has not acknowledged them yet'),
  })
  // The collector has accepted the events, and the sink is about to ask about them.
  await vi.waitUntil(() => waits.includes(200))
  await time.pass(10_000)
  await running
})

test('behind a balancer that changes the indexer, every event arrives', async () => {
  let side = 'one'
  const receiver = await startAckReceiver({
    indexer: ({ number }) => {
      if (number % 9 === 0) side = side === 'one' ? 'two' : 'one'
      return side
    },
    setCookie: (name, { post }) => (post.headers.cookie === `sticky=${name}` ? undefined : `sticky=${name}`),
  })
  const { retried } = await run(all, receiver)
  expect(retried).toContain('channel_changed')
  expect(arrived(receiver)).toEqual(everyGid)
})

/** Like the balancer of AWS: a cookie makes it sticky, and every answer sets a new value of the cookie. */
function renewingBalancer(): Pick<AckReceiverOptions, 'indexer' | 'setCookie'> {
  const indexers = new Map<string, string>()
  let value = 0
  return {
    indexer: ({ post }) => indexers.get(post.headers.cookie ?? '') ?? (value % 2 ? 'one' : 'two'),
    setCookie: (name) => {
      value += 1
      indexers.set(`sticky=${value}`, name)
      return `sticky=${value}; Path=/`
    },
  }
}

test('behind a balancer that renews its cookie with every answer, every event arrives with few repeats', async () => {
  const receiver = await startAckReceiver(renewingBalancer())
  const { retried } = await run(all, receiver)
  expect(retried.length).toBeLessThanOrEqual(8)
  expect(arrived(receiver)).toEqual(everyGid)
  const sent = receiver.posted('event').flatMap(({ objects }) => objects)
  expect(sent.length).toBeLessThanOrEqual(3 * all.length)
})

test('an acceptance without an id stops the delivery, and nothing is committed', async () => {
  const receiver = await startAckReceiver({
    fault: ({ kind }) => (kind === 'event' ? reply(0) : undefined),
  })
  const commits: string[] = []
  const delivery = run(all, receiver, { commits })
  await expect(delivery).rejects.toMatchObject({ fault: 'fatal', code: 'no_ack_id' })
  expect(commits).toEqual([])
})

/** Everything that can happen to one exchange. */
type Mishap = 'none' | 'break' | 'lose' | 'busy' | 'full' | 'page' | 'restart' | 'move'

test('after any history of faults only indexed events are committed, and every event arrives', async () => {
  const mishap = fc.constantFrom<Mishap>('break', 'lose', 'busy', 'full', 'page', 'restart', 'move')
  const property = fc.asyncProperty(
    fc.array(fc.option(mishap, { nil: 'none' as const, freq: 3 }), { maxLength: 120 }),
    fc.uniqueArray(fc.integer({ min: 1, max: 59 }), { maxLength: 4 }),
    fc.integer({ min: 1, max: 9 }),
    fc.integer({ min: 300, max: 3_000 }),
    // If the cookie has a new value with every answer, a new value does not show that the indexer changed.
    fc.boolean(),
    async (mishaps, bad, size, maxBodyBytes, renews) => {
      const refused = new Set(bad.map(String))
      let exchange = 0
      let side = 'one'
      const replies: Partial<Record<Mishap, Reply>> = {
        busy: reply(9),
        full: reply(27),
        page: { status: 200, body: '<html>Log in</html>' },
      }
      const options: AckReceiverOptions = {
        fault: () => {
          const now = mishaps[exchange++] ?? 'none'
          if (now === 'restart') receiver.restart()
          if (now === 'move') side = side === 'one' ? 'two' : 'one'
          return now === 'break' || now === 'lose' ? now : replies[now]
        },
        indexer: () => side,
        setCookie: (name, { post }) => {
          if (renews) return `sticky=${exchange}`
          return post.headers.cookie === `sticky=${name}` ? undefined : `sticky=${name}`
        },
        isIndexed: (envelopes, asked) => asked > Number(gidOf(envelopes[0] ?? {})) % 4,
        objection: (envelope) => (refused.has(gidOf(envelope)) ? 6 : undefined),
      }
      const receiver: AckReceiver = await startAckReceiver(options)
      const { quarantined } = await run(all, receiver, {
        size,
        maxBodyBytes,
      })
      expect(new Set(quarantined.map((entry) => entry.split(' ')[0]))).toEqual(refused)
      expect(arrived(receiver)).toEqual(new Set([...everyGid].filter((gid) => !refused.has(gid))))
    },
  )
  await fc.assert(property, { numRuns: 100 })
})
