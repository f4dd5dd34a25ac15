import { expect, test } from 'vitest'
import { pipelinesHistory } from '../support/pipelines/history.ts'
import { pipelinesBugs } from '../support/pipelines/planted-bugs.ts'

// HISTORY_SEED=n for one history, HISTORIES=n for more of them.
const { HISTORY_SEED: only, HISTORIES: wanted = '60' } = process.env
const seeds =
  only === undefined ? Array.from({ length: Number(wanted) }, (_, index) => index + 1) : [Number(only)]

test(`pipelines that share pages lose nothing, repeat nothing without a reason, and count right, in ${seeds.length} histories`, {
  timeout: 300_000 + seeds.length * 20_000,
}, async () => {
  const seen = new Set<string>()
  for (const seed of seeds) {
    const { violations, seen: here } = await pipelinesHistory(seed)
    expect(violations, `HISTORY_SEED=${seed} npx vitest run test/delivery/several-pipelines.test.ts`).toEqual(
      [],
    )
    for (const what of here) seen.add(what)
  }
  // Histories in which little happens would prove nothing.
  if (seeds.length >= 60) expect(everythingThatHappens.filter((what) => !seen.has(what))).toEqual([])
})

const everythingThatHappens = [
  ...['ended', 'healed', 'late', 'repeats_dropped', 'retrying', 'paused', 'quarantined'],
  ...['rewound', 'moved', 'read with others', 'killed'],
]

const mostSeeds = 200

test.for(Object.entries(pipelinesBugs))(
  'histories of several pipelines find the bug: %s',
  {
    timeout: 1_200_000,
  },
  async ([, bug]) => {
    let caughtBy: number | undefined
    for (let seed = 1; seed <= mostSeeds && caughtBy === undefined; seed += 1) {
      const { violations } = await pipelinesHistory(seed, bug)
      if (violations.length > 0) caughtBy = seed
    }
    expect(caughtBy, `not found in ${mostSeeds} histories`).toBeDefined()
  },
)
