import { expect, test } from 'vitest'
import { parseAuditLogEvent } from '../../packages/schema/src/index.ts'
import { corpus, servedLog } from '../support/stores/corpus.ts'

const until = Date.UTC(2026, 10, 30)

test('every event of the corpus is one that we accept, and has an id of its own', () => {
  const { simulated, hostile } = corpus(until)
  expect(simulated.length).toBeGreaterThan(4_500)
  expect(hostile.length).toBe(40)
  const all = [...simulated, ...hostile]
  expect(new Set(all.map(({ gid }) => gid)).size).toBe(all.length)
  expect(all.filter((event) => !('event' in parseAuditLogEvent(event)))).toEqual([])
})

test('Asana would still show all of it, in the order of time', () => {
  const times = servedLog(corpus(until)).map((text) => Date.parse(JSON.parse(text).created_at))
  expect(times).toEqual(times.toSorted((one, other) => one - other))
  expect(Math.min(...times)).toBeGreaterThan(until - 90 * 86_400_000)
  expect(Math.max(...times)).toBeLessThan(until)
})
