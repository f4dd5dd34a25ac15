import type { Fact } from '@asana-audit/core'
import { expect, test } from 'vitest'
import { toldWarnings } from '../src/told-warnings.ts'

const failing = (failures: number): Fact => ({
  ...{ type: 'retrying', part: 'sink', code: 'down', message: 'The exporter failed.' },
  ...{ failures, waitMs: 1_000 },
})
const resumed: Fact = { type: 'resumed', part: 'sink', afterMs: 1_000 }

test('a lane that goes on failing is a warning, also if the other one failed first and works again', () => {
  const told = toldWarnings()
  for (const failures of [1, 2, 3, 4]) {
    expect(told(failing(failures), 'live')).toEqual([])
    expect(told(failing(failures), 'backlog')).toEqual([])
  }
  // The waits have jitter, so the second one may come to its fifth attempt before the first.
  const warnings = [told(failing(5), 'backlog'), told(resumed, 'live'), told(failing(6), 'backlog')].flat()
  expect(warnings).toMatchObject([{ code: 'retrying' }])
})

test('a trouble that both lanes have is one warning', () => {
  const told = toldWarnings()
  const facts = [1, 2, 3, 4, 5, 6].flatMap((failures) =>
    (['live', 'backlog'] as const).map((lane) => told(failing(failures), lane)),
  )
  expect(facts.flat()).toMatchObject([{ code: 'retrying' }])
})
