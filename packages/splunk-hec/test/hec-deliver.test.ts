import { type DeliverOptions, deliver, type Fact, memoryState, type Source } from '@asana-audit/core'
import { type AuditLogEvent, toLogRecord } from '@asana-audit/schema'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { autoClock } from '../../core/test/support/auto-clock.ts'
import { asanaHecEvent, type HecEvent, type HecSinkOptions, otelHecEvent } from '../src/index.ts'
import { type Envelope, type HecReceiver, reply, startHecReceiver } from './support/hec-receiver.ts'
import { sinkFor } from './support/sink-for.ts'

function auditEvents(count: number): AuditLogEvent[] {
  return Array.from({ length: count }, (_, number) => ({
    gid: String(number),
    created_at: new Date(Date.UTC(2026, 0, 1) + number * 1_000).toISOString(),
    event_type: 'user_login_succeeded',
    actor: { actor_type: 'user', gid: '7' },
  }))
}

function sourceOf(all: readonly AuditLogEvent[], size = 10): Source<AuditLogEvent> {
  return {
    async *read(cursor) {
      for (let at = Number(cursor ?? 0); at < all.length; at += size) {
        const events = all.slice(at, at + size)
        yield { events, malformed: [], cursor: String(at + events.length) }
      }
    },
  }
}

interface Given extends Partial<HecSinkOptions> {
  readonly size?: number
  readonly map?: (event: AuditLogEvent) => HecEvent
  readonly onFatal?: DeliverOptions<AuditLogEvent, HecEvent>['onFatal']
  readonly onFact?: (fact: Fact) => void
}

/** Delivers to the end; returns what was quarantined as `gid code`. */
async function run(
  all: readonly AuditLogEvent[],
  receiver: HecReceiver,
  given: Given = {},
): Promise<string[]> {
  const { size, map = asanaHecEvent, onFatal, onFact, ...options } = given
  const quarantined: string[] = []
  const claim = await memoryState().claim('test')
  await deliver({
    source: sourceOf(all, size),
    map: (event) => map(event),
    sink: sinkFor(receiver, options),
    lane: await claim.lane('live', ''),
    clock: given.clock ?? autoClock(),
    onFatal,
    onFact: (fact) => {
      if (fact.type === 'quarantined') quarantined.push(`${fact.id} ${fact.code}`)
      onFact?.(fact)
    },
  })
  return quarantined
}

const gidOf = ({ fields }: Envelope): string => {
  const named = fields as Record<string, string>
  return named['asana_gid'] ?? named['log.record.uid'] ?? ''
}

const byNumber = (one: string, other: string): number => Number(one) - Number(other)

/** Sorted, because several writes may run at once. */
const gids = ({ indexed }: HecReceiver): string[] => indexed.map(gidOf).sort(byNumber)

const without = (all: readonly AuditLogEvent[], ...bad: readonly string[]): string[] =>
  all
    .map(({ gid }) => gid)
    .filter((gid) => !bad.includes(gid))
    .sort(byNumber)

const formats: [string, (event: AuditLogEvent) => HecEvent][] = [
  ['asana', (event) => asanaHecEvent(event)],
  ['otel', (event) => otelHecEvent(toLogRecord(event))],
]

describe.each(formats)('in the format %s', (_, map) => {
  test('bad events are quarantined, and all others are indexed exactly once', async () => {
    const all = auditEvents(60)
    const codes = new Map([
      ['10', 6],
      ['19', 12],
      ['20', 13],
      ['21', 15],
      ['59', 6],
    ])
    const receiver = await startHecReceiver({ objection: (envelope) => codes.get(gidOf(envelope)) })
    expect(await run(all, receiver, { map })).toEqual([
      '10 invalid_data_format',
      '19 event_required',
      '20 event_blank',
      '21 invalid_fields',
      '59 invalid_data_format',
    ])
    expect(gids(receiver)).toEqual(without(all, ...codes.keys()))
  })
})

test('a token that is corrected in its file ends the pause before its five minutes are over', async () => {
  const receiver = await startHecReceiver({ token: 'mended' })
  const facts: Fact[] = []
  await run(auditEvents(5), receiver, {
    clock: autoClock(),
    token: () => (facts.some(({ type }) => type === 'paused') ? 'mended' : 'revoked'),
    onFact: (fact) => facts.push(fact),
  })
  expect(facts.filter(({ type }) => type === 'paused')).toMatchObject([{ code: 'invalid_token' }])
  expect(facts.find(({ type }) => type === 'resumed')).toMatchObject({ part: 'sink', afterMs: 2_000 })
  expect(receiver.indexed).toHaveLength(5)
})

test('for any bad events and any division of a write, every event is indexed exactly once or quarantined', async () => {
  const property = fc.asyncProperty(
    fc.uniqueArray(fc.nat(49), { maxLength: 12 }),
    fc.integer({ min: 1, max: 50 }),
    fc.integer({ min: 300, max: 5_000 }),
    fc.constantFrom(6, 12, 13, 15),
    async (bad, size, maxBodyBytes, code) => {
      const all = auditEvents(50)
      // The first is good: before anything was accepted, a refusal would be judged as a fault of the set-up.
      const refused = new Set(bad.filter((gid) => gid > 0).map(String))
      const receiver = await startHecReceiver({
        objection: (envelope) => (refused.has(gidOf(envelope)) ? code : undefined),
      })
      const quarantined = await run(all, receiver, { size, maxBodyBytes })
      expect(new Set(quarantined.map((entry) => entry.split(' ')[0]))).toEqual(refused)
      expect(gids(receiver)).toEqual(without(all, ...refused))
    },
  )
  await fc.assert(property, { numRuns: 40 })
})

test('with several writes at once on a busy collector, every event is indexed exactly once or quarantined', async () => {
  const all = auditEvents(12_000)
  const bad = all.map(({ gid }) => gid).filter((gid) => Number(gid) % 1_009 === 1_000)
  const receiver = await startHecReceiver({
    answer: (_, count) => (count % 3 === 2 ? reply(26) : undefined),
    objection: (envelope) => (bad.includes(gidOf(envelope)) ? 6 : undefined),
  })
  const quarantined = await run(all, receiver, { size: 1_000, maxBodyBytes: 100_000 })
  expect(quarantined).toEqual(bad.map((gid) => `${gid} invalid_data_format`))
  expect(gids(receiver)).toEqual(without(all, ...bad))
})

test('an event that a receiver refuses without naming it is found by halving the write', async () => {
  const all = auditEvents(40)
  const receiver = await startHecReceiver({
    answer: ({ body }) => (body.includes('"asana_gid":"23"') ? reply(6) : undefined),
  })
  expect(await run(all, receiver)).toEqual(['23 invalid_data_format'])
  expect(gids(receiver)).toEqual(without(all, '23'))
})

test('an event that is too large for the sink or for a proxy does not delay the others', async () => {
  const all = auditEvents(30)
  const large = (gid: string, bytes: number): void => {
    const event = all[Number(gid)]
    if (event) event.details = { new_value: 'x'.repeat(bytes) }
  }
  large('5', 1_000_000)
  large('17', 100_000)
  const receiver = await startHecReceiver({
    answer: ({ body }) =>
      body.length > 50_000 ? { status: 413, body: '<html>too large</html>' } : undefined,
  })
  expect(await run(all, receiver)).toEqual(['5 event_too_large', '17 too_large'])
  expect(gids(receiver)).toEqual(without(all, '5', '17'))
})

test('delivery waits through a busy collector, lost connections and a login page', async () => {
  const all = auditEvents(50)
  const receiver = await startHecReceiver({
    answer: (_, count) => {
      if (count % 5 === 1) return reply(9)
      if (count % 5 === 2) return 'break'
      if (count % 5 === 3) return { status: 200, body: '<html>Log in</html>' }
      return undefined
    },
  })
  expect(await run(all, receiver)).toEqual([])
  expect(gids(receiver)).toEqual(without(all))
})

test('a wrong index pauses the delivery, which continues after the indexed events when the index is allowed', async () => {
  const all = auditEvents(30)
  const indexes = ['main']
  const receiver = await startHecReceiver({ indexes })
  const pauses: string[] = []
  const quarantined = await run(all, receiver, {
    map: (event) => ({ ...asanaHecEvent(event), index: event.gid === '13' ? 'audit' : 'main' }),
    onFact: (fact) => {
      if (fact.type !== 'paused') return
      pauses.push(fact.code)
      indexes.push('audit')
    },
  })
  expect(pauses).toEqual(['incorrect_index'])
  expect(quarantined).toEqual([])
  expect(gids(receiver)).toEqual(without(all))
})

test('if a receiver refuses everything, nothing is quarantined', async () => {
  const receiver = await startHecReceiver({ objection: () => 6 })
  await expect(run(auditEvents(30), receiver, { onFatal: 'reject' })).rejects.toMatchObject({
    code: 'set_up_refused',
  })
  expect(receiver.indexed).toEqual([])
})
