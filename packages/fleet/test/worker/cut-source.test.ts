import type { Batch, Source } from '@asana-audit/core'
import { expect, test } from 'vitest'
import { cutSource } from '../../src/worker/cut-source.ts'

interface TestEvent {
  readonly gid: string
  readonly created_at: string
}

const event = (gid: string): TestEvent => ({ gid, created_at: '2026-02-01T00:00:00Z' })

function sourceOf(...batches: Partial<Batch<TestEvent>>[]): Source<TestEvent> {
  return {
    async *read() {
      for (const [index, batch] of batches.entries())
        yield { events: [event(String(index))], malformed: [], cursor: String(index), ...batch }
    },
  }
}

async function cursors(source: Source<TestEvent>): Promise<string[]> {
  return (await Array.fromAsync(source.read())).map(({ cursor }) => cursor)
}

const hour = 3_600_000

test('it ends after some pages, and says that there is more', async () => {
  const cut = cutSource(sourceOf({}, {}, {}, {}), { pages: 2, sliceMs: hour })
  expect(await cursors(cut.source)).toEqual(['0', '1'])
  expect(cut.isCut()).toBe(true)
})

test('a log that ends before is not cut', async () => {
  const cut = cutSource(sourceOf({}, { events: [] }), { pages: 2, sliceMs: hour })
  expect(await cursors(cut.source)).toEqual(['0', '1'])
  expect(cut.isCut()).toBe(false)
})

test('it ends when its time is over, however few pages it has read', async () => {
  const cut = cutSource(sourceOf({}, {}), { pages: 100, sliceMs: 0 })
  expect(await cursors(cut.source)).toEqual(['0'])
  expect(cut.isCut()).toBe(true)
})

test('a window that is read again is not cut: its position does not move, so it would begin anew', async () => {
  const late = { reread: 'late' } as const
  const cut = cutSource(sourceOf(late, late, late, {}, {}), { pages: 1, sliceMs: 0 })
  expect(await cursors(cut.source)).toEqual(['0', '1', '2', '3'])
})
