import { deliver, type Fact, memoryState, type Source } from '@asana-audit/core'
import { asanaBackfillCursor, asanaCursorAt } from '@asana-audit/core/backlog'
import { expect, test } from 'vitest'
import { autoClock } from '../support/auto-clock.ts'
import { destination, event, type TestEvent } from '../support/scripted-delivery.ts'

const day = 86_400_000
const now = Date.parse('2026-02-20T12:00:00Z')
const daysAgo = (days: number): string => new Date(now - days * day).toISOString()

/** The retention clock after a commit with this cursor and these events. */
async function clockAfter(cursor: string, events: readonly TestEvent[]): Promise<unknown[]> {
  const facts: Fact[] = []
  const source: Source<TestEvent> = {
    async *read() {
      yield { events, malformed: [], cursor }
    },
  }
  const claim = await memoryState().claim('test')
  await deliver<TestEvent, string>({
    ...{ source, sink: destination(), map: ({ gid }) => gid, lane: await claim.lane('live', '') },
    ...{ clock: autoClock(now), onFact: (fact) => void facts.push(fact) },
  })
  return facts.flatMap((fact) => (fact.type === 'committed' ? [fact.unreadFrom, fact.deletedInMs] : []))
}

const old = { ...event(1), created_at: daysAgo(60) }
const liveAt = (newest: string, endReachedAt: string): string =>
  JSON.stringify({ v: 1, offset: 'a', newest, endReachedAt })

test('after the end of the log, the retention clock counts from when it was read, not from an old event', async () => {
  expect(await clockAfter(liveAt(daysAgo(60), daysAgo(1)), [old])).toEqual([daysAgo(1), 89 * day])
  expect(await clockAfter(liveAt(daysAgo(60), daysAgo(1)), [])).toEqual([daysAgo(1), 89 * day])
})

test('before the end of the log, the retention clock counts from the position that was saved', async () => {
  expect(await clockAfter(asanaCursorAt(daysAgo(70)), [old])).toEqual([daysAgo(70), 20 * day])
  expect(await clockAfter(asanaBackfillCursor(daysAgo(80), daysAgo(1)), [old])).toEqual([
    daysAgo(80),
    10 * day,
  ])
})

test('a range that was read to its end has no retention clock', async () => {
  expect(await clockAfter(asanaBackfillCursor(daysAgo(1), daysAgo(1)), [old])).toEqual([undefined, undefined])
})

test('with the cursor of another source, the retention clock counts from the newest event', async () => {
  expect(await clockAfter('page 7', [old])).toEqual([daysAgo(60), 30 * day])
})
