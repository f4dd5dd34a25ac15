import fc from 'fast-check'
import { expect, test } from 'vitest'
import { compareArchive, folderStore } from '../../src/index.ts'
import { eventAt, newFolder, noon, type TestEvent } from '../support/archive-folder.ts'
import { archiveIn, going } from '../support/archive-in.ts'

const hourMs = 3_600_000

/** The problems of an archive of these events, if the log shows those. */
async function compared(
  archived: readonly TestEvent[],
  shown: readonly TestEvent[],
  spans = [{ from: noon - 24 * hourMs, until: noon + 72 * hourMs }],
): Promise<string[]> {
  const folder = newFolder()
  const sink = archiveIn(folder)
  if (archived.length > 0) await sink.write(archived, going())
  await sink.close()
  const problems = await compareArchive({
    ...{ store: folderStore({ path: folder }), spans },
    async *shown(from, until) {
      const within = shown.filter(({ created_at: at }) => Date.parse(at) >= from && Date.parse(at) < until)
      yield within
      // A source may give the last hour again.
      const newest = Date.parse(within.at(-1)?.created_at ?? '')
      yield within.filter(({ created_at: at }) => Date.parse(at) >= newest - hourMs)
    },
  })
  return problems.map(({ code, gid }) => `${code} ${gid}`)
}

test('of what the log shows, exactly what is missing, rewritten and no longer shown is named', async () => {
  const fate = fc.constantFrom('same', 'missing', 'rewritten', 'extra')
  await fc.assert(
    fc.asyncProperty(
      fc.array(fate, { maxLength: 12 }),
      fc.integer({ min: 1, max: 20 }),
      async (fates, hours) => {
        const events = fates.map((one, index) => ({
          one,
          event: eventAt(index, noon + index * hours * hourMs * 0.3),
        }))
        const archived = events.filter(({ one }) => one !== 'missing').map(({ event }) => event)
        const shown = events
          .filter(({ one }) => one !== 'extra')
          .map(({ one, event }) => (one === 'rewritten' ? { ...event, event_type: 'other' } : event))
        const codes = { missing: 'not_archived', rewritten: 'rewritten', extra: 'not_shown' }
        const expected = events.flatMap(({ one, event }) =>
          one === 'same' ? [] : [`${codes[one]} ${event.gid}`],
        )
        expect((await compared(archived, shown)).toSorted()).toEqual(expected.toSorted())
      },
    ),
    { numRuns: 40 },
  )
})

test('the log is asked once for each time, and objects are read day by day', async () => {
  const folder = newFolder()
  const sink = archiveIn(folder)
  const events = [0, 1, 2, 3, 4].map((day) => eventAt(day, noon + day * 24 * hourMs))
  await sink.write(events, going())
  await sink.close()
  const store = folderStore({ path: folder })
  const read: string[] = []
  const asked: number[] = []
  const span = { from: noon, until: noon + 200 * hourMs }
  const problems = await compareArchive({
    store: {
      ...store,
      read(key, signal) {
        if (key.startsWith('event/')) read.push(key.slice(6, 20))
        return store.read(key, signal)
      },
    },
    spans: [span],
    async *shown(from, until) {
      asked.push(from, until)
      for (const event of events) {
        yield [event]
        // None is read ahead of the log.
        expect(read.at(-1)).toBe(`day=${event.created_at.slice(0, 10)}`)
      }
    },
  })
  expect(problems).toEqual([])
  expect(asked).toEqual([span.from, span.until])
  expect(read).toHaveLength(5)
})

test('an event may come a day after newer ones, and no later', async () => {
  const day = (number: number): TestEvent => eventAt(number, noon + number * 24 * hourMs)
  expect(await compared([day(0), day(1)], [day(1), day(0)])).toEqual([])
  await expect(compared([day(0), day(1), day(2)], [day(2), day(0), day(1)])).rejects.toMatchObject({
    ...{ fault: 'fatal', code: 'not_in_order' },
  })
})

test('another order of members is not a difference', async () => {
  const event = eventAt(1, noon, { a: 1, b: 2 })
  expect(await compared([event], [eventAt(1, noon, { b: 2, a: 1 })])).toEqual([])
})

test('only the times that are asked for are compared', async () => {
  const events = [0, 1, 2].map((number) => eventAt(number, noon + number * hourMs))
  const spans = [{ from: noon + hourMs, until: noon + 2 * hourMs }]
  expect(await compared([], events, spans)).toEqual([`not_archived ${events[1]!.gid}`])
  expect(await compared(events, [], spans)).toEqual([`not_shown ${events[1]!.gid}`])
})
