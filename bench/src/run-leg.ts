import type { Case, Leg, Outcome } from './case.ts'
import type { Servers } from './servers.ts'
import { type RowSummary, summary } from './summary.ts'

export type RunCase = (one: Case, servers: Servers) => Promise<Outcome>

export type OnRound = (one: Case, round: number, outcome: Outcome) => void

/** All rows of a leg, interleaved: A B C A B C, so that what comes and goes on the machine meets everybody. */
export async function runLeg(
  { cases }: Leg,
  servers: Servers,
  run: RunCase,
  onRound: OnRound,
): Promise<RowSummary[]> {
  const outcomes = new Map<Case, Outcome[]>(cases.map((one) => [one, []]))
  const most = Math.max(...cases.map(({ rounds }) => rounds))
  for (let round = 1; round <= most; round++) {
    for (const one of cases) {
      if (round > one.rounds) continue
      const outcome = await run(one, servers)
      outcomes.get(one)?.push(outcome)
      onRound(one, round, outcome)
    }
  }
  return cases.map((one) => summary(one, outcomes.get(one) ?? []))
}
