import { setImmediate } from 'node:timers/promises'
import type { Fact } from '@asana-audit/core'
import { expect, test } from 'vitest'
import { collectGarbage, collectWhenIdle } from '../../src/pipelines/run/collect-when-idle.ts'

const idle: Fact = { type: 'idle', since: '2026-01-01T00:00:00Z', newestAt: undefined }
const read = (events: number): Fact => ({
  type: 'page_read',
  ...{ events, malformed: 0, bytes: 1, ms: 1, newestAt: undefined },
})

/** After which of these facts garbage is collected. */
function collections(facts: readonly Fact[]): number[] {
  let count = 0
  const onFact = collectWhenIdle(() => {
    count += 1
  })
  return facts.flatMap((fact, index) => {
    const before = count
    onFact(fact)
    return count > before ? [index] : []
  })
}

test('garbage is collected once after the start, when two answers in a row bring nothing', () => {
  expect(collections([read(5), idle, idle, idle, read(0), idle, idle])).toEqual([2])
})

test('it is not collected while another lane reads', () => {
  expect(collections([idle, read(1_000), idle, read(1_000), idle])).toEqual([])
})

test('it is collected again after many more events, and not for a few', () => {
  const few = [idle, idle, read(9_000), idle, idle]
  expect(collections(few)).toEqual([1])
  expect(collections([...few, read(1_000), idle, idle])).toEqual([1, 7])
})

test('what nobody holds is gone after a collection', async () => {
  const held = new WeakRef({ of: 'a page' })
  await setImmediate()
  collectGarbage()
  expect(held.deref()).toBeUndefined()
})
