import { systemClock } from '@asana-audit/core/sink-kit'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  compactArchive,
  compareArchive,
  folderStore,
  type ObjectStore,
  readArchive,
  verifyArchive,
} from '../../src/index.ts'
import { eventAt, newFolder, noon, type TestEvent } from '../support/archive-folder.ts'
import { archiveIn, going } from '../support/archive-in.ts'

const clock = { ...systemClock, now: () => noon + 5 * 86_400_000 }
const minuteMs = 60_000

/** An archive of objects of one event each, a minute apart. As in a bucket, others may write it. */
async function archiveOf(count: number): Promise<{ store: ObjectStore; events: TestEvent[] }> {
  const folder = newFolder()
  const sink = archiveIn(folder)
  const events = Array.from({ length: count }, (_, index) => eventAt(index, noon + index * minuteMs))
  for (const event of events) await sink.write([event], going())
  await sink.close()
  return { store: { ...folderStore({ path: folder }), claim: async () => {} }, events }
}

/** The same store. Something happens right before an object is read for the first time, or before the objects are listed. */
function meanwhile(store: ObjectStore, when: 'read' | 'list', work: () => Promise<unknown>): ObjectStore {
  let isDone = false
  async function once(): Promise<void> {
    if (isDone) return
    isDone = true
    await work()
  }
  return {
    ...store,
    async read(key, signal) {
      if (when === 'read' && key.startsWith('event/')) await once()
      return store.read(key, signal)
    },
    async *list(folder, signal) {
      if (when === 'list' && folder === '') await once()
      yield* store.list(folder, signal)
    },
  }
}

/** The same store. Its steps begin in the order of a scheduler. */
function inSteps(store: ObjectStore, scheduler: fc.Scheduler): ObjectStore {
  const turn = (): Promise<void> => scheduler.schedule(Promise.resolve())
  return {
    ...store,
    create: (...words) => turn().then(() => store.create(...words)),
    read: (...words) => turn().then(() => store.read(...words)),
    remove: (...words) => turn().then(() => store.remove(...words)),
    async *list(...words) {
      await turn()
      yield* store.list(...words)
    },
  }
}

describe('while objects are joined, and removed', () => {
  test('verifyArchive compares the archive as it is then, and none is missing', async () => {
    const { store } = await archiveOf(3)
    const joining = meanwhile(store, 'read', () => compactArchive({ store, clock }))
    expect(await verifyArchive({ store: joining })).toMatchObject({ objects: 1, events: 3, problems: [] })
  })

  test('compareArchive finds their events in the joined one', async () => {
    const { store, events } = await archiveOf(3)
    const problems = await compareArchive({
      store: meanwhile(store, 'read', () => compactArchive({ store, clock })),
      spans: [{ from: noon, until: noon + 60 * minuteMs }],
      async *shown() {
        yield events
      },
    })
    expect(problems).toEqual([])
  })

  test('by two processes, whoever verifies, compares or reads has each event once, however their steps fall', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), async (scheduler) => {
        const { store: settled, events } = await archiveOf(3)
        const store = inSteps(settled, scheduler)
        const [, , verified, compared, read] = await scheduler.waitFor(
          Promise.all([
            compactArchive({ store, clock }),
            compactArchive({ store, clock }),
            verifyArchive({ store }),
            compareArchive({
              ...{ store, spans: [{ from: noon, until: noon + 60 * minuteMs }] },
              async *shown() {
                yield events
              },
            }),
            Array.fromAsync(readArchive({ store })),
          ]),
        )
        expect([verified.problems, compared]).toEqual([[], []])
        expect(read.map(({ event }) => event.gid)).toEqual(events.map(({ gid }) => gid))
        expect(await verifyArchive({ store: settled })).toMatchObject({ objects: 1, events: 3, problems: [] })
      }),
      { numRuns: 20 },
    )
  })

  test('an object that was lost is missing all the same', async () => {
    const { store, events } = await archiveOf(4)
    const [lost = ''] = (await Array.fromAsync(store.list('event/'))).map(({ key }) => key).sort()
    await store.remove(lost)
    const joining = meanwhile(store, 'read', () => compactArchive({ store, clock }))
    const { problems } = await verifyArchive({ store: joining })
    expect(problems.map(({ code, key }) => [code, key])).toEqual([['missing', lost]])
    const compared = await compareArchive({
      ...{ store, spans: [{ from: noon, until: noon + 60 * minuteMs }] },
      async *shown() {
        yield events
      },
    })
    expect(compared.map(({ code, gid }) => [code, gid])).toEqual([['not_archived', events[0]?.gid]])
  })
})

test('verify reports no object that a run records after the manifest was read', async () => {
  const { store } = await archiveOf(2)
  const { place } = store
  const writing = meanwhile(store, 'list', async () => {
    const sink = archiveIn(place)
    await sink.write([eventAt(90, noon + 90 * minuteMs)], going())
    await sink.close()
  })
  expect((await verifyArchive({ store: writing })).problems).toEqual([])
})
