import { systemClock } from '@asana-audit/core/sink-kit'
import { describe, expect, test } from 'vitest'
import {
  compactArchive,
  compareArchive,
  folderStore,
  type ObjectStore,
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

test('an object that a run stores and records after the manifest was read is no problem', async () => {
  const { store } = await archiveOf(2)
  const { place } = store
  const writing = meanwhile(store, 'list', async () => {
    const sink = archiveIn(place)
    await sink.write([eventAt(90, noon + 90 * minuteMs)], going())
    await sink.close()
  })
  expect((await verifyArchive({ store: writing })).problems).toEqual([])
})
