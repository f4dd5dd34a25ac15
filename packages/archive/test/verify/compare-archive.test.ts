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
      // A source may give a page again.
      yield within
      yield within.slice(0, 1)
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

test('the order of members is no difference', async () => {
  const event = eventAt(1, noon, { a: 1, b: 2 })
  expect(await compared([event], [eventAt(1, noon, { b: 2, a: 1 })])).toEqual([])
})

test('only the times that are asked for are compared', async () => {
  const events = [0, 1, 2].map((number) => eventAt(number, noon + number * hourMs))
  const spans = [{ from: noon + hourMs, until: noon + 2 * hourMs }]
  expect(await compared([], events, spans)).toEqual([`not_archived ${events[1]!.gid}`])
  expect(await compared(events, [], spans)).toEqual([`not_shown ${events[1]!.gid}`])
})
