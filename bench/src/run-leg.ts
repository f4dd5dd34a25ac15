import type { Case, Leg, Outcome, RunCase } from './case.ts'
import { type Servers, startServers } from './servers.ts'
import { type RowSummary, summary } from './summary.ts'

export type OnRound = (one: Case, round: number, outcome: Outcome) => void

/** All rows of a leg, interleaved (A B C A B C), so that other work on the machine affects all of them. */
export async function runLeg(
  { cases, atOnce = false }: Leg,
  servers: Servers,
  run: RunCase,
  onRound: OnRound,
): Promise<RowSummary[]> {
  const outcomes = new Map<Case, Outcome[]>(cases.map((one) => [one, []]))
  const most = Math.max(...cases.map(({ rounds }) => rounds))
  const measure = async (one: Case, round: number, its: Servers): Promise<void> => {
    const outcome = await run(one, its)
    outcomes.get(one)?.push(outcome)
    onRound(one, round, outcome)
  }
  for (let round = 1; round <= most; round++) {
    const due = cases.filter(({ rounds }) => round <= rounds)
    if (atOnce) await Promise.all(due.map((one) => withServers((its) => measure(one, round, its))))
    else for (const one of due) await measure(one, round, servers)
  }
  return cases.map((one) => summary(one, outcomes.get(one) ?? []))
}

async function withServers(work: (servers: Servers) => Promise<void>): Promise<void> {
  const servers = await startServers()
  try {
    await work(servers)
  } finally {
    servers.stop()
  }
}
