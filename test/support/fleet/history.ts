import { violations } from './check.ts'
import { disturb } from './disturb.ts'
import { type Fleet, startFleet } from './fleet.ts'
import { type Disturbance, type FleetPlan, fleetPlan, victims, workerNames } from './plan.ts'
import { until } from './until.ts'
import { watchTurns } from './watch-turns.ts'

export interface FleetHistory {
  /** The promises that were broken; empty if there are none. */
  readonly violations: readonly string[]
  /** What happened. */
  readonly seen: ReadonlySet<string>
  /** Commits that were refused because somebody else had the turn. */
  readonly refused: number
}

/**
 * Three workers deliver the logs of simulated tenants to one destination, and are disturbed as the seed says, until everything has
 * arrived. `plant`: the name of a bug in the workers; then it ends at the first broken promise. `rounds`: instead of those of the seed.
 */
export async function fleetHistory(
  seed: number,
  plant?: string,
  rounds?: FleetPlan['rounds'],
): Promise<FleetHistory> {
  const plan = { ...fleetPlan(seed), ...(rounds && { rounds }) }
  const fleet = await startFleet(plan, plant)
  const over = new AbortController()
  const seen = new Set<string>()
  const found: string[] = []
  const watching = watchTurns(fleet, over.signal).then(
    (lost) => {
      found.push(...lost)
      over.abort()
    },
    (error: unknown) => {
      found.push(`the watch of the turns broke off: ${String(error)}`)
      over.abort()
    },
  )
  try {
    await course(plan, fleet, seen, over.signal)
    found.push(...(await violations(fleet)), ...(await ends(fleet)))
  } catch (error) {
    if (!over.signal.aborted)
      found.push(`the history broke off: ${error instanceof Error ? error.stack : String(error)}`)
  } finally {
    over.abort()
    await watching
    await fleet[Symbol.asyncDispose]()
  }
  const refused = fleet.workers.reduce((sum, worker) => sum + worker.refused, 0)
  return { violations: found, seen, refused }
}

/** How to run one history again. */
export function reproduction(seed: number): string {
  return `FLEET_SEED=${seed} npx vitest run test/fleet/histories.test.ts`
}

async function course(plan: FleetPlan, fleet: Fleet, seen: Set<string>, signal: AbortSignal): Promise<void> {
  for (const tenant of plan.tenants) if (tenant.added === undefined) await fleet.add(tenant)
  for (const name of workerNames) await fleet.start(name)
  for (const [round, kinds] of plan.rounds.entries()) {
    await disturbed(plan, fleet, round, kinds, signal)
    for (const kind of kinds) seen.add(kind)
  }
  fleet.growing.isGrowing = false
  let lacking: readonly string[] = []
  await until(
    () => `the end of all logs: ${lacking.join('; ')}`,
    async () => {
      lacking = await uncounted(fleet)
      return lacking.length === 0
    },
    signal,
  )
}

/** Some things happen at once, the others take over, and then it is mended. */
async function disturbed(
  plan: FleetPlan,
  fleet: Fleet,
  round: number,
  kinds: readonly Disturbance[],
  signal: AbortSignal,
): Promise<void> {
  await everyonePolled(fleet, signal)
  const names = victims(plan, round)
  const begun = kinds.map((kind, index) => disturb[kind]({ fleet, victim: names[index]!, signal }))
  const mends = await Promise.all(begun)
  for (const tenant of plan.tenants) {
    if (tenant.added === round) await fleet.add(tenant)
    if (tenant.removed === round) await fleet.remove(tenant)
  }
  await everyonePolled(fleet, signal)
  await Promise.all(mends.map((mend) => mend()))
  await everyonePolled(fleet, signal)
}

/** Each active tenant is polled once more by whoever can. */
async function everyonePolled({ growing, active }: Fleet, signal: AbortSignal): Promise<void> {
  const from = growing.polls.length
  const isPolled = (): boolean => {
    const since = new Set(growing.polls.slice(from))
    return [...active].every((name) => since.has(name))
  }
  await until('a poll of every tenant', isPolled, signal)
}

/** What is in the logs of active tenants and not committed. */
async function uncounted({ pool, tenants, active }: Fleet): Promise<string[]> {
  const { rows } = await pool.query<{ name: string; count: number }>(
    `select p.name, coalesce(sum(l.count), 0)::int as count
     from asana_audit.pipeline p left join asana_audit.ledger l on l.pipeline_id = p.id group by p.name`,
  )
  const counts = new Map(rows.map(({ name, count }) => [name, count]))
  return tenants.flatMap(({ plan: { name }, simulator: { events } }) => {
    const count = counts.get(name) ?? 0
    return active.has(name) && count < events.length ? [`${name} has ${count} of ${events.length}`] : []
  })
}

/** Stops the workers. They end cleanly, say nothing, and hand back their turns. */
async function ends({ workers, pool }: Fleet): Promise<string[]> {
  const running = workers.filter(({ isRunning }) => isRunning)
  for (const worker of running) worker.signal('SIGTERM')
  const found: string[] = []
  for (const { name, ended } of workers) {
    const { by, printed } = await ended
    if (by !== 0 && by !== 'SIGKILL') found.push(`${name} ended by ${by}: ${printed}`)
    else if (printed !== '') found.push(`${name} printed ${printed}`)
  }
  const { rows } = await pool.query<{ name: string; singleton_key: string }>(
    `select name, singleton_key from asana_audit_boss.job where state = 'active'`,
  )
  return [
    ...found,
    ...rows.map(({ name, singleton_key: key }) => `the turn ${name} of ${key} was not handed back`),
  ]
}
