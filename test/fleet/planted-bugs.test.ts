import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import { fleetHistory } from '../support/fleet/history.ts'
import { edited, plants } from '../support/fleet/plants.ts'
import { testWithOwnPostgres } from '../support/postgres/suite.ts'

const root = join(import.meta.dirname, '../..')
const mostSeeds = 5

testWithOwnPostgres.for(Object.entries(plants))(
  'histories of workers find the bug: %s',
  { timeout: 1_200_000 },
  async ([name, plant]) => {
    // A bug that is no longer in the code would be found for its own failure.
    for (const file of new Set(plant.edits.map((edit) => edit.file))) {
      const source = readFileSync(join(root, file), 'utf8')
      expect(edited(file, source, plant), file).not.toBe(source)
    }
    const said: string[] = []
    for (let seed = 1; seed <= mostSeeds && !said.some((one) => plant.found.test(one)); seed += 1) {
      said.push(...(await fleetHistory(seed, name, plant.rounds)).violations)
    }
    expect(said, `not found in ${mostSeeds} histories`).toContainEqual(expect.stringMatching(plant.found))
  },
)
