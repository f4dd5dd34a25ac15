import { fault } from '@asana-audit/core'
import { expect, test } from 'vitest'
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
