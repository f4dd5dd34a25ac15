import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { FetchedPage } from '../../../src/source/pages/fetched-page.ts'
import { type ReadAheadOptions, readAhead } from '../../../src/source/windows/read-ahead.ts'
import { windowPlan } from '../../../src/source/windows/window-plan.ts'

const dayMs = 86_400_000
const from = Date.parse('2026-02-01T00:00:00Z')

type Fetch = ReadAheadOptions['fetch']

interface Log {
  /** Of its events, in milliseconds since 1970, in order. */
  readonly times: readonly number[]
  readonly days: number
  readonly pageSize: number
  readonly windows: number
  readonly aheadBytes: number
  /** 100 if it is not given. */
  readonly eventBytes?: number
}

/** What Asana answers. */
function answer(
  { times, pageSize, eventBytes = 100 }: Log,
  ...[at, endAt]: Parameters<Fetch>
): FetchedPage<string> {
  const startMs = Date.parse(at.startAt ?? '')
  const endMs = Date.parse(endAt)
  const within = times.filter((ms) => ms >= startMs && ms < endMs)
  const first = Number(at.offset ?? 0)
  const events = within.slice(first, first + pageSize)
  const data = events.map((ms) => ({ created_at: new Date(ms).toISOString() }))
  return {
    ...{
      startAt: at.startAt,
      endAt,
      date: undefined,
      limit: undefined,
      sharing: undefined,
      gzipped: undefined,
    },
    body: Buffer.from(JSON.stringify({ data })),
    bytes: eventBytes * events.length,
    isEmpty: events.length === 0,
    offset: within.length === 0 ? undefined : `${first + events.length}`,
    ...{ receivedAt: 0, ms: 0, heldMs: 0, readBy: undefined },
  }
}

/** All requests that wait are answered at once, so that every window that is read gets a page in each round. */
async function readInRounds(
  log: Log,
): Promise<{ pages: FetchedPage<string>[]; rounds: number; requests: number }> {
  const { days, windows: parallel, aheadBytes } = log
  const untilMs = from + days * dayMs
  const waiting: (() => void)[] = []
  let requests = 0
  const reading = readAhead({
    fetch: async (at, endAt) => {
      requests += 1
      await new Promise<void>((resolve) => {
        waiting.push(resolve)
      })
      return answer(log, at, endAt, new AbortController().signal)
    },
    head: { startAt: new Date(from).toISOString(), offset: undefined, endAt: undefined },
    until: new Date(untilMs).toISOString(),
    ...{ oldest: from, parallel, aheadBytes },
    plan: windowPlan({ from, until: untilMs, parallel, aheadBytes }),
  })
  const pages: FetchedPage<string>[] = []
  let over = false
  const taken = (async () => {
    for (let page = await reading.next(); page; page = await reading.next()) pages.push(page)
    over = true
  })()
  let rounds = 0
  while (!over) {
    await new Promise((resolve) => setImmediate(resolve))
    const due = waiting.splice(0)
    if (due.length > 0) rounds += 1
    for (const go of due) go()
  }
  await taken
  return { pages, rounds, requests }
}

const timesOf = ({ body }: FetchedPage): number[] => {
  const { data }: { data: { created_at: string }[] } = JSON.parse(body.toString())
  return data.map(({ created_at }) => Date.parse(created_at))
}

test('windows cover the range without a gap and give each event once, in order, whatever the density', async () => {
  const bursts = fc.array(
    fc.record({
      at: fc.double({ min: 0, max: 0.999, noNaN: true }),
      events: fc.integer({ min: 1, max: 60 }),
      everyMs: fc.constantFrom(0, 1, 1_000, 3_600_000),
    }),
    { maxLength: 12 },
  )
  await fc.assert(
    fc.asyncProperty(
      fc.record({
        bursts,
        days: fc.constantFrom(0.001, 1, 30, 89),
        pageSize: fc.integer({ min: 1, max: 40 }),
        windows: fc.integer({ min: 1, max: 12 }),
        aheadBytes: fc.constantFrom(1, 10_000, 10_000_000),
      }),
      async ({ bursts, days, ...more }) => {
        const until = from + days * dayMs
        const times = bursts
          .flatMap(({ at, events, everyMs }) =>
            Array.from({ length: events }, (_, n) => Math.floor(from + at * days * dayMs) + n * everyMs),
          )
          .filter((ms) => ms < until)
          .sort((one, other) => one - other)
        const { pages } = await readInRounds({ times, days, ...more })
        expect(pages.flatMap(timesOf)).toEqual(times)
        const edges = pages.map(({ startAt, endAt }) => [startAt, endAt] as const)
        const passed = edges.filter(([start], n) => start !== edges[n - 1]?.[0])
        expect(passed.map(([start]) => start)).toEqual([
          new Date(from).toISOString(),
          ...passed.slice(0, -1).map(([, end]) => end),
        ])
        expect(passed.at(-1)?.[1]).toBe(new Date(until).toISOString())
      },
    ),
    { numRuns: 100 },
  )
})

test('windows end at about the same time, so that all of them are read until nearly nothing is left', async () => {
  const [pages, pageSize, windows, days] = [200, 10, 8, 30]
  const events = pages * pageSize
  const times = Array.from({ length: events }, (_, n) => Math.floor(from + (n * days * dayMs) / events))
  const { rounds, requests } = await readInRounds({ times, days, pageSize, windows, aheadBytes: 10_000_000 })
  // 25 rounds would be full pages only; the end of a window takes one and a half of its own.
  expect(rounds).toBeLessThanOrEqual(30)
  expect(requests).toBeLessThanOrEqual(pages * 1.06)
})

test.each([
  ['lies a day before the oldest event', 1, 100],
  ['lies a month before the oldest event', 30, 150],
])('windows use the memory there is to read at once, also if the start %s', async (_, quietDays, most) => {
  const days = 89
  const events = 10_000
  const everyMs = ((days - quietDays) * dayMs) / events
  const times = Array.from({ length: events }, (_, index) =>
    Math.floor(from + quietDays * dayMs + index * everyMs),
  )
  const log = { days, pageSize: 10, windows: 16 }
  // 1,000 pages, and memory for 24 of each window.
  const { rounds, requests } = await readInRounds({
    ...log,
    times,
    eventBytes: 8_700,
    aheadBytes: 32 * 2 ** 20,
  })
  expect(requests).toBeLessThan(1.1 * (events / log.pageSize))
  // 62 rounds if all windows were read all the time.
  expect(rounds).toBeLessThan(most)
})
