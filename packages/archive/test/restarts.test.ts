import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { ArchiveFormat } from '../src/index.ts'
import { eventAt, folderOf, gidsIn, newFolder, noon } from './support/archive-folder.ts'
import { problemsOf } from './support/archive-in.ts'
import { deliverWithDeaths } from './support/deliver-with-deaths.ts'

test('whatever the times of events, the borders of writes and the moments of death, each event is there once in each format and all is recorded', async () => {
  const step = fc.oneof(fc.constant(0), fc.constant(1), fc.integer({ min: 1, max: 40_000_000 }))
  const life = fc.record({ size: fc.integer({ min: 1, max: 12 }), creations: fc.integer({ min: 1, max: 9 }) })
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { minLength: 1, maxLength: 30 }),
      fc.array(life, { maxLength: 5 }),
      fc.constantFrom<ArchiveFormat[]>(['jsonl'], ['flat'], ['jsonl', 'flat'], ['jsonl', 'ocsf']),
      async (steps, lives, formats) => {
        let at = noon
        const events = steps.map((ms, index) => {
          at += ms
          return eventAt(index, at)
        })
        const folder = newFolder()
        await deliverWithDeaths(folder, events, lives, { formats })
        for (const format of formats) {
          const gids = await gidsIn(folder, folderOf[format])
          expect(gids.sort()).toEqual(events.map(({ gid }) => gid).sort())
        }
        expect(await problemsOf(folder)).toEqual([])
      },
    ),
    { numRuns: 60 },
  )
})
