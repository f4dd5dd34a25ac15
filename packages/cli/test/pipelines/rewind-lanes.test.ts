import { memoryState } from '@asana-audit/core'
import { asanaBackfillCursor, asanaCursorAt } from '@asana-audit/core/backlog'
import { hourMs, hourOf } from '@asana-audit/core/ledger'
import { expect, test } from 'vitest'
import { rewindLanes } from '../../src/pipelines/rewind-lanes.ts'

const hour = hourOf(Date.parse('2026-05-10T00:00:00Z'))
const at = (hours: number): string => new Date(hour + hours * hourMs).toISOString()

test('a rewind moves all lanes in one change: a worker of a fleet never finds one moved and another not', async () => {
  const state = memoryState()
  const claim = await state.claim('acme')
  const before = { backlog: asanaBackfillCursor(at(0), at(0)), live: asanaCursorAt(at(50)), backfill: 'x' }
  for (const [lane, cursor] of Object.entries(before)) await claim.rewind(lane, cursor, hour)
  const found: object[] = []
  /** Looks at the lanes after each change, as a worker could. */
  const watched = new Proxy(claim, {
    get: (target, name: keyof typeof claim) => {
      const method = target[name] as (...given: unknown[]) => Promise<unknown>
      return async (...given: unknown[]) => {
        const result = await method(...given)
        found.push(Object.fromEntries((await state.lanes()).map(({ lane, cursor }) => [lane, cursor])))
        return result
      }
    },
  })
  expect(await rewindLanes(watched, 'acme', await state.lanes(), hour)).toEqual({
    from: hour,
    wasForeign: false,
  })
  expect(found).toEqual([{ backlog: asanaBackfillCursor(at(0), undefined), live: asanaCursorAt(at(0)) }])
})

test('a second rewind leaves out nothing that is not delivered yet, also for a program that reads in one lane', async () => {
  const state = memoryState()
  const claim = await state.claim('acme')
  await claim.rewind('live', asanaCursorAt(at(50)), hour)
  await rewindLanes(claim, 'acme', await state.lanes(), hour)
  await rewindLanes(claim, 'acme', await state.lanes(), hour + 20 * hourMs)
  const live = (await state.lanes()).find(({ lane }) => lane === 'live')
  expect(live?.cursor).toBe(asanaCursorAt(at(0)))
})
