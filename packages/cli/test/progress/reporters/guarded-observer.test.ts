import type { Fact } from '@asana-audit/core'
import { expect, test } from 'vitest'
import { allReporters } from '../../../src/progress/reporters/all-reporters.ts'
import { guardedObserver } from '../../../src/progress/reporters/guarded-observer.ts'
import { silent } from '../../../src/progress/reporters/silent-reporter.ts'

const lane = { pipeline: 'main', lane: 'live' }
const idle: Fact = { type: 'idle', since: '2026-03-04T12:00:00Z', newestAt: undefined }

test('an observer that throws stops nothing: it is said once, and all others are told', () => {
  const said: string[] = []
  const told: string[] = []
  const broken = {
    ...silent,
    fact() {
      throw new TypeError('It has no lane.')
    },
    close: async () => {},
  }
  const report = allReporters([
    guardedObserver(broken, ({ code, message }) => said.push(`${code}: ${message}`)),
    { ...silent, fact: (_, { type }) => void told.push(type) },
  ])
  report.fact(lane, idle)
  report.fact(lane, idle)
  report.claimed?.()
  expect(told).toEqual(['idle', 'idle'])
  expect(said).toHaveLength(1)
  expect(said[0]).toMatch(/^observer_failed: .*events are not affected.* It has no lane\.$/)
})
