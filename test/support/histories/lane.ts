import { type Claim, fault, type Lane } from '../../../packages/core/src/index.ts'
import type { Mortal } from './mortal.ts'
import type { World } from './world.ts'

/** A claim whose lanes are watched. */
export function watchedClaim(world: World, claim: Claim, step: Mortal['step']): Claim {
  return {
    ...claim,
    lane: async (name, fingerprint) => watchedLane(world, name, await claim.lane(name, fingerprint), step),
    start: (from) => step('a division', () => claim.start(from)),
    rewind: (...row) => step('a division', () => claim.rewind(...row)),
  }
}

/** A lane whose commits fail sometimes; each commit is noted when it is done. */
function watchedLane({ plan, committed }: World, name: string, lane: Lane, step: Mortal['step']): Lane {
  const attempts = new Map<string, number>()
  return {
    load: () => step('a load', () => lane.load()),
    acceptance: () => step('a load', async () => lane.acceptance?.() ?? { delivered: 0, rejectedSince: 0 }),
    known: (ids) => step('a look-up', () => lane.known(ids)),
    commit: (commit) =>
      step('a commit', async () => {
        const { cursor, delivered, quarantined } = commit
        const attempt = (attempts.get(cursor) ?? 0) + 1
        attempts.set(cursor, attempt)
        if (attempt <= 3 && plan.draw('commit', delivered.at(0)?.id, attempt) < plan.commitFaults) {
          throw fault({ fault: 'temporary', code: 'state_busy', message: 'The state is locked.' })
        }
        await lane.commit(commit)
        for (const { id } of [...delivered, ...quarantined]) if (id !== undefined) committed.set(id, name)
      }),
  }
}
