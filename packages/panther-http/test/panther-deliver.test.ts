import { deliver, type Fact, memoryState, type Source } from '@asana-audit/core'
import type { AuditLogEvent } from '@asana-audit/schema'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { autoClock } from '../../core/test/support/auto-clock.ts'
import { asanaPantherEvent, type PantherSinkOptions } from '../src/index.ts'
import { type PantherSource, startPantherSource } from './support/panther-source.ts'
import { event, events, gids, secret, sinkFor } from './support/sink-for.ts'

function sourceOf(all: readonly AuditLogEvent[], size: number): Source<AuditLogEvent> {
  return {
    async *read(cursor) {
      for (let at = Number(cursor ?? 0); at < all.length; at += size) {
        const events = all.slice(at, at + size)
        yield { events, malformed: [], cursor: String(at + events.length) }
      }
    },
  }
}

interface Given extends Partial<PantherSinkOptions> {
  readonly size?: number
  readonly onFatal?: 'pause' | 'reject'
}

/** Delivers to the end; returns what was quarantined as `gid code`, and all facts. */
async function run(
  all: readonly AuditLogEvent[],
  source: PantherSource,
  { size = 10, onFatal, ...options }: Given = {},
): Promise<{ readonly quarantined: string[]; readonly facts: readonly Fact[] }> {
  const facts: Fact[] = []
  const claim = await memoryState().claim('test')
  await deliver({
    source: sourceOf(all, size),
    map: (one) => asanaPantherEvent(one),
    sink: sinkFor(source, options),
    lane: await claim.lane('live', ''),
    clock: autoClock(),
    onFatal,
    onFact: (fact) => facts.push(fact),
  })
  const quarantined = facts.flatMap((fact) =>
    fact.type === 'quarantined' ? [`${fact.id} ${fact.code}`] : [],
  )
  return { quarantined, facts }
}

const ids = (all: readonly AuditLogEvent[], ...without: readonly string[]): string[] =>
  all.map(({ gid }) => gid).filter((gid) => !without.includes(gid))

/** Answers 400 to a request that holds one of these events, as for a defect that Panther does not name. */
const refusing = (bad: readonly string[]) => ({
  answer: ({ lines }: { readonly lines: readonly string[] }) =>
    lines.some((line) => bad.includes((JSON.parse(line) as AuditLogEvent).gid))
      ? { status: 400, body: '{"message":"Bad Request"}' }
      : undefined,
})

test('a single event that gets a 400 ends in quarantine, and every other one arrives once', async () => {
  const all = events(40)
  const source = await startPantherSource(refusing(['7', '23']))
  const { quarantined } = await run(all, source)
  expect(quarantined).toEqual(['7 bad_data', '23 bad_data'])
  expect(gids(source)).toEqual(ids(all, '7', '23'))
})

test('a source that answers 400 to everything pauses the delivery, and nothing is quarantined', async () => {
  const source = await startPantherSource({ answer: () => ({ status: 400 }) })
  await expect(run(events(30), source, { onFatal: 'reject' })).rejects.toMatchObject({
    code: 'set_up_refused',
  })
  expect(source.classified).toEqual([])
})

test('a 413 divides the request until it fits, and a single event that never fits ends in quarantine', async () => {
  const all = events(60)
  all[33] = event(33, { note: 'a'.repeat(9_000) })
  const source = await startPantherSource({
    answer: ({ lines }) => (lines.join('\n').length > 6_000 ? { status: 413 } : undefined),
  })
  const { quarantined } = await run(all, source, { size: 60 })
  expect(quarantined).toEqual(['33 too_large'])
  expect(gids(source)).toEqual(ids(all, '33'))
})

test.each([401, 403])('a %d pauses the delivery until the secret is another one', async (status) => {
  let current = 'revoked'
  const source = await startPantherSource({
    answer: ({ headers }) =>
      headers.authorization === `Bearer ${secret}` ? undefined : { status, body: 'no' },
  })
  const paused: Fact[] = []
  const claim = await memoryState().claim('test')
  await deliver({
    source: sourceOf(events(12), 5),
    map: (one) => asanaPantherEvent(one),
    sink: sinkFor(source, { secret: () => current, clock: autoClock() }),
    lane: await claim.lane('live', ''),
    clock: autoClock(),
    onFact: (fact) => {
      if (fact.type !== 'paused') return
      paused.push(fact)
      current = secret
    },
  })
  expect(paused).toMatchObject([{ code: status === 401 ? 'unauthorized' : 'forbidden' }])
  expect(gids(source)).toEqual(ids(events(12)))
})

test('delivery waits through a login page, lost connections, 429 and 503, and no event is lost', async () => {
  const all = events(80)
  const source = await startPantherSource({
    answer: (_, count) => {
      if (count % 6 === 1) return { status: 429, headers: { 'retry-after': '9' } }
      if (count % 6 === 2) return 'break'
      if (count % 6 === 3) return { status: 200, body: '<html>Log in</html>' }
      if (count % 6 === 4) return { status: 503 }
      return undefined
    },
  })
  const { quarantined, facts } = await run(all, source)
  expect(quarantined).toEqual([])
  expect(gids(source)).toEqual(ids(all))
  const codes = new Set(facts.flatMap((fact) => (fact.type === 'retrying' ? [fact.code] : [])))
  for (const code of ['rate_limited', 'connection_lost', 'not_a_receiver', 'unavailable']) {
    expect(codes).toContain(code)
  }
})

test('for any bad events, limits and sizes of writes, every event arrives exactly once or is in the quarantine', async () => {
  const property = fc.asyncProperty(
    fc.uniqueArray(fc.integer({ min: 1, max: 49 }), { maxLength: 8 }),
    fc.integer({ min: 1, max: 50 }),
    fc.integer({ min: 600, max: 8_000 }),
    async (bad, size, maxBodyBytes) => {
      const all = events(50)
      const source = await startPantherSource(refusing(bad.map(String)))
      const { quarantined } = await run(all, source, { size, maxBodyBytes })
      expect(new Set(quarantined)).toEqual(new Set(bad.map((gid) => `${gid} bad_data`)))
      expect(gids(source)).toEqual(ids(all, ...bad.map(String)))
    },
  )
  await fc.assert(property, { numRuns: 20 })
})
