import type { AuditLogEvent } from '@asana-audit/schema'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { inTimeOrder, newest } from '../../src/input/events/time-order.ts'
import { event } from '../support/archive.ts'

const start = Date.UTC(2026, 0, 1)

async function* stream(times: readonly number[], padding = ''): AsyncGenerator<AuditLogEvent> {
  for (const [index, at] of times.entries()) {
    yield event(String(index), { created_at: new Date(start + at).toISOString(), padding })
  }
}

async function collect(events: AsyncIterable<AuditLogEvent>): Promise<[at: number, gid: number][]> {
  const all: [number, number][] = []
  for await (const { created_at, gid } of events) all.push([Date.parse(created_at) - start, Number(gid)])
  return all
}

/** By time; events of equal times stay in their order. */
function sorted(times: readonly number[]): [number, number][] {
  return times.map((at, index): [number, number] => [at, index]).sort(([a, i], [b, j]) => a - b || i - j)
}

test('events that fit into memory are sorted by time, and those of equal times stay in their order', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(50)), async (times) => {
      expect(await collect(inTimeOrder(stream(times), () => expect.fail('late')))).toEqual(sorted(times))
    }),
  )
})

test('a longer stream is sorted too, and an event that is too far out of order is reported', async () => {
  // Some 16 of these fit.
  const padding = 'x'.repeat(2 ** 20)
  const swapped = Array.from({ length: 60 }, (_, index) => (index % 2 === 0 ? index + 1 : index - 1))
  expect(await collect(inTimeOrder(stream(swapped, padding), () => expect.fail('late')))).toEqual(
    sorted(swapped),
  )
  let late = 0
  const far = [...Array.from({ length: 40 }, (_, index) => index + 10), 5, 7]
  const all = await collect(inTimeOrder(stream(far, padding), () => (late += 1)))
  expect(all.length).toBe(42)
  expect(late).toBe(2)
})

test('times are compared more finely than to the millisecond', async () => {
  const times = ['2026-01-01T00:00:00.0000002Z', '2026-01-01T00:00:00.0000001Z', '2026-01-01T01:00:00+01:00']
  async function* some() {
    for (const [index, created_at] of times.entries()) yield event(String(index), { created_at })
  }
  expect((await collect(inTimeOrder(some(), () => {}))).map(([, gid]) => gid)).toEqual([2, 1, 0])
})

test('newest returns the last events in order of time', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(50)), fc.integer({ min: 1, max: 20 }), async (times, most) => {
      const kept = await newest(stream(times), most)
      expect(kept.map(({ gid }) => Number(gid))).toEqual(
        sorted(times)
          .slice(-most)
          .map(([, gid]) => gid),
      )
    }),
  )
})
