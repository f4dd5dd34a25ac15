import { expect } from 'vitest'
import { fleetHistory, reproduction } from '../support/fleet/history.ts'
import { disturbances } from '../support/fleet/plan.ts'
import { testWithOwnPostgres } from '../support/postgres/suite.ts'

// FLEET_SEED=n for one history, FLEET_HISTORIES=n for more of them.
const { FLEET_SEED: only, FLEET_HISTORIES: wanted = '6' } = process.env
const seeds =
  only === undefined ? Array.from({ length: Number(wanted) }, (_, index) => index + 1) : [Number(only)]

const seen = new Set<string>()

testWithOwnPostgres.for(seeds)(
  'three workers lose no event and commit nothing twice, whatever happens to them: history %i',
  {
    timeout: 900_000,
  },
  async (seed) => {
    const history = await fleetHistory(seed)
    expect(history.violations, reproduction(seed)).toEqual([])
    // A worker that stood still has to have had turns, or it proves nothing.
    if (history.seen.has('stopped')) expect(history.refused, reproduction(seed)).toBeGreaterThan(0)
    for (const what of history.seen) seen.add(what)
  },
)

const testOfAll = seeds.length >= 6 ? testWithOwnPostgres : testWithOwnPostgres.skip

testOfAll('everything that can happen has happened in one of them', () => {
  expect(disturbances.filter((what) => !seen.has(what))).toEqual([])
})
