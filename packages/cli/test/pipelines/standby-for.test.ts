import { type DurableState, fault } from '@asana-audit/core'
import { expect, test } from 'vitest'
import { standbyFor } from '../../src/pipelines/run/standby.ts'

test('all that watches a run hears that a pipeline stands by again, and not of a fault', () => {
  const told: string[] = []
  const report = {
    ...{ fact: () => {}, failed: () => {} },
    warning: (pipeline: string, { code }: { readonly code: string }) => void told.push(`${pipeline} ${code}`),
    standsBy: (pipeline: string) => void told.push(`${pipeline} waits`),
  }
  const state = { standby: () => new Promise(() => {}) } as unknown as DurableState
  const { isAgain } = standbyFor(state, report, false)
  const message = 'Another process has taken over.'
  expect(isAgain('acme', fault({ fault: 'fatal', code: 'superseded', message }))).toBe(true)
  expect(isAgain('acme', fault({ fault: 'fatal', code: 'disk_full', message }))).toBe(false)
  expect(isAgain('acme', undefined)).toBe(false)
  expect(told).toEqual(['acme stands_by', 'acme waits'])
})
