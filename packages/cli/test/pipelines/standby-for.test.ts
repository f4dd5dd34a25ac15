import { type DurableState, type Fact, fault, type StandbyOptions } from '@asana-audit/core'
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

test('a pipeline that stands by while the state cannot be reached stands by again afterwards', async () => {
  const told: string[] = []
  const report = {
    ...{ failed: () => {}, warning: () => {} },
    fact: (_: unknown, { type }: Fact) => void told.push(type),
    standsBy: (pipeline: string) => void told.push(`${pipeline} waits`),
  }
  const trouble = { part: 'state', code: 'state_unreachable', message: 'Down.' } as const
  const state = {
    async standby(_: string, { onFact }: StandbyOptions) {
      onFact?.({ type: 'retrying', ...trouble, failures: 1, waitMs: 1 })
      onFact?.({ type: 'resumed', part: 'state', afterMs: 1 })
    },
  } as unknown as DurableState
  await standbyFor(state, report, false).wait('acme', new AbortController().signal)
  expect(told).toEqual(['retrying', 'resumed', 'acme waits'])
})
