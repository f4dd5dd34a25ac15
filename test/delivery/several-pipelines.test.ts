import { expect, test } from 'vitest'
import { pipelinesHistory } from '../support/pipelines/history.ts'
import { pipelinesBugs } from '../support/pipelines/planted-bugs.ts'

// HISTORY_SEED=n for one history, HISTORIES=n for more of them.
const { HISTORY_SEED: only, HISTORIES: wanted = '60' } = process.env
const seeds =
  only === undefined ? Array.from({ length: Number(wanted) }, (_, index) => index + 1) : [Number(only)]

test(`each event reaches each pipeline of a process exactly once, in ${seeds.length} histories`, {
  timeout: 300_000 + seeds.length * 10_000,
}, async () => {
  const seen = new Set<string>()
  for (const seed of seeds) {
    const { violations, seen: here } = await pipelinesHistory(seed)
    expect(violations, `HISTORY_SEED=${seed} npx vitest run test/delivery/several-pipelines.test.ts`).toEqual(
      [],
    )
    for (const what of here) seen.add(what)
  }
  // Histories in which nothing happens would prove nothing.
  if (seeds.length >= 60)
    expect([...seen].toSorted()).toEqual(['healed', 'late', 'repeats_dropped', 'retrying'])
})

test.each(Object.entries(pipelinesBugs))(
  'histories of several pipelines find the bug: %s',
  {
    timeout: 900_000,
  },
  async (_, bug) => {
    const isFound = async (seed: number): Promise<boolean> =>
      (await pipelinesHistory(seed, bug)).violations.length > 0
    let seed = 1
    while (seed <= 60 && !(await isFound(seed))) seed += 1
    expect(seed, 'the first history that finds it').toBeLessThanOrEqual(60)
  },
)
