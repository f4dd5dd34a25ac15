import { fault } from '@asana-audit/core'
import { expect, test } from 'vitest'
import type { PipelineSettings } from '../../src/config/pipeline/pipeline-settings.ts'
import { liveStatus } from '../../src/listen/live-status.ts'

test('the status follows a reload: new pipelines are listed, removed ones and old faults are not', () => {
  const status = liveStatus(() => 0)
  const lanes = ['a', 'b', 'c'].map((pipeline) => ({ pipeline, lane: 'live' }))
  status.started(lanes, 'state.db')
  const gone = fault({ fault: 'fatal', code: 'filters_changed', message: 'The filters have changed.' })
  status.failed(gone, 'b')
  expect(status.faultOf('b')).toBe(gone)
  status.reloaded?.({ added: ['d'], changed: ['b'], removed: ['a'], unchanged: 1 })
  expect(status.pipelines.toSorted()).toEqual(['b', 'c', 'd'])
  expect(status.faultOf('b')).toBeUndefined()
})

test('a process that stands by is ready, though it could not save positions before another one took over', () => {
  const status = liveStatus(() => 0)
  const lane = { pipeline: 'a', lane: 'live' }
  status.started([lane], 'state.db')
  const message = 'The database cannot be reached.'
  const code = 'state_unreachable'
  status.fact(lane, { type: 'retrying', part: 'state', code, message, failures: 1, waitMs: 1_000 })
  expect(status.stateFault).toBe(code)
  status.standsBy?.('a')
  expect(status.stateFault).toBeUndefined()
  expect(status.lanesOf('a').size).toBe(0)
  expect(status.pipelines).toEqual(['a'])
})

test('events that the destination lets wait on purpose are not behind, until they wait for longer', () => {
  let now = 1_000_000
  const status = liveStatus(() => now)
  const lane = { pipeline: 'a', lane: 'live' }
  status.started([lane], 'state.db')
  const destination = { kind: 'archive', maxAgeMs: 300_000 }
  status.begins?.({ name: 'a', destination } as PipelineSettings)
  const page = { type: 'page_read', events: 1, malformed: 0, bytes: 9, ms: 1, newestAt: undefined } as const
  status.fact(lane, page)
  status.fact(lane, { ...page, events: 0 })
  const isComplete = (): boolean | undefined => status.lanesOf('a').get('live')?.isCompleteAt(now)
  now += 299_000
  expect(isComplete()).toBe(true)
  now += 2_000
  expect(isComplete()).toBe(false)
  expect(status.heldMsOf('a')).toBe(300_000)
})
