import { type Claim, deliver, memoryState, type Source, type State } from '@asana-audit/core'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type AutoClock, autoClock } from '../../core/test/support/auto-clock.ts'
import { eventStreamSink, type InputStream, trailingClaim } from '../src/index.ts'

// Histories of an input under a splunkd that crashes and loses what it had in memory. Time passes only by waiting.

const trailMs = 30_000
const total = 60
const gids = Array.from({ length: total }, (_, number) => `e${number}`)

interface Event {
  readonly gid: string
  readonly created_at: string
}

/** A log of a fixed length, read in pages, with a pause before each. It ends when it is read and all positions are due. */
function logSource(clock: AutoClock, pauses: readonly number[]): Source<Event> {
  return {
    async *read(cursor, signal) {
      for (let at = Number(cursor ?? 0), page = 0; at < total; page += 1) {
        await clock.sleep(pauses[page % pauses.length] ?? 1_000, signal)
        const until = Math.min(total, at + 1 + (page % 4))
        const events = gids
          .slice(at, until)
          .map((gid) => ({ gid, created_at: new Date(Number(gid.slice(1)) * 1_000).toISOString() }))
        yield { events, malformed: [], cursor: String(until) }
        at = until
      }
      await clock.sleep(2 * trailMs, signal)
    },
  }
}

interface Arrival {
  readonly gid: string
  readonly at: number
}

/** A pipe into memory. What it takes after the crash goes nowhere. */
function pipeInto(arrivals: Arrival[], clock: AutoClock, isDead: () => boolean): InputStream {
  return {
    write(bytes, done) {
      const text = Buffer.from(bytes).toString('utf8')
      for (const [, gid = ''] of text.matchAll(/"gid":"(e\d+)"/g))
        if (!isDead()) arrivals.push({ gid, at: clock.now() })
      setImmediate(() => done())
    },
    on: () => {},
    off: () => {},
  }
}

/** A process that is dead changes nothing any more. */
function mortal(claim: Claim, isDead: () => boolean): Claim {
  return {
    ...claim,
    async lane(name, fingerprint) {
      const lane = await claim.lane(name, fingerprint)
      return {
        ...lane,
        async commit(one) {
          if (isDead()) throw new Error('dead')
          await lane.commit(one)
        },
      }
    },
  }
}

interface Crash {
  /** From the start of the process, in milliseconds. */
  readonly after: number
  /** How long what came last had been in memory. */
  readonly loses: number
}

/** One process of the input, from its start to its crash, or to the end of the log. */
async function live(
  state: State,
  clock: AutoClock,
  kept: Arrival[],
  pauses: readonly number[],
  crash: Crash | undefined,
  trail: number,
): Promise<void> {
  let isDead = false
  const stop = new AbortController()
  const sink = eventStreamSink({
    ...{ stanza: 'asana_audit://a', host: 'h', source: 's', sourcetype: 't', clock },
    stream: pipeInto(kept, clock, () => isDead),
  })
  const claim = await state.claim('p')
  const trailing = trailingClaim(
    mortal(claim, () => isDead),
    { trailMs: trail, clock, signal: stop.signal, flowingSince: sink.flowingSince, onFault: () => {} },
  )
  const dying =
    crash &&
    clock.sleep(crash.after, stop.signal).then(() => {
      isDead = true
      const from = clock.now() - crash.loses
      kept.splice(0, kept.length, ...kept.filter(({ at }) => at <= from))
      stop.abort('crash')
    })
  const source = logSource(clock, pauses)
  const lane = await trailing.lane('live', '')
  await deliver({
    ...{ source, sink, lane, clock, signal: stop.signal, graceMs: 0 },
    map: (event: Event) => ({ timeMs: Date.parse(event.created_at), event }),
  })
  stop.abort('over')
  await dying?.catch(() => {})
  await trailing.release()
  await sink.close()
}

const crashes = fc.array(fc.record({ after: fc.nat(120_000), loses: fc.nat(trailMs - 1_000) }), {
  maxLength: 5,
})
const pauses = fc.array(fc.oneof(fc.nat(50), fc.nat(20_000)), { minLength: 1, maxLength: 6 })

async function history(
  all: readonly Crash[],
  between: readonly number[],
  trail: number,
): Promise<readonly Arrival[]> {
  const clock = autoClock()
  const state = memoryState()
  const kept: Arrival[] = []
  for (const crash of [...all, undefined]) await live(state, clock, kept, between, crash, trail)
  return kept
}

test('whenever splunkd crashes, and whatever it loses of the last seconds, every event is there afterwards', async () => {
  await fc.assert(
    fc.asyncProperty(crashes, pauses, async (all, between) => {
      const kept = await history(all, between, trailMs)
      expect(new Set(kept.map(({ gid }) => gid))).toEqual(new Set(gids))
    }),
    { numRuns: 40 },
  )
})

test('a position that does not trail loses events in such a history', async () => {
  const kept = await history([{ after: 20_000, loses: 10_000 }], [1_000], 0)
  expect(new Set(kept.map(({ gid }) => gid)).size).toBeLessThan(total)
})

test('without a crash nothing comes twice', async () => {
  const kept = await history([], [100], trailMs)
  expect(kept.map(({ gid }) => gid)).toEqual(gids)
})
