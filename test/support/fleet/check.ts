import { hourMs, type LedgerHour, ledgerDelta } from '../../../packages/core/src/ledger.ts'
import { postgresState } from '../../../packages/core/src/state/postgres/postgres-state.ts'
import { commits, wrongCommits } from './commit-log.ts'
import type { Fleet } from './fleet.ts'
import { longestGaps } from './longest-gap.ts'
import { pollSeconds } from './plan.ts'
import type { SimulatedTenant } from './simulated-tenant.ts'

/**
 * A worker is taken for dead after 10 seconds, others look for its turns every 5, and a transaction that stands still ends after 8. So in rounds of
 * the tenants that went on, with as much again for a machine that does other work.
 */
const mostRounds = (2 * 23) / pollSeconds

/** What is promised, whatever happened. */
export async function violations(fleet: Fleet): Promise<string[]> {
  const client = await fleet.pool.connect()
  try {
    return [
      ...fleet.tenants.flatMap((tenant) => missing(fleet, tenant)),
      ...(await wrongCommits(client, fleet.removals)),
      ...((await commits(client)) > 0 ? [] : ['nothing was committed']),
      ...(await wrongLedgers(fleet)),
      ...longestGaps(fleet.growing.polls, [...fleet.active])
        .filter(({ rounds }) => rounds > mostRounds)
        .map(({ tenant, rounds }) => `${tenant} stood still while the others were polled ${rounds} times`),
    ]
  } finally {
    client.release()
  }
}

function missing({ active, destination }: Fleet, { plan: { name }, simulator }: SimulatedTenant): string[] {
  if (!active.has(name)) return []
  const arrived = destination.arrived(name)
  return simulator.events
    .filter(({ gid }) => !arrived.has(gid))
    .map(({ gid, created_at }) => `${name} ${gid} of ${created_at} is missing`)
}

/** The ledger has each event of a tenant once; that of a tenant that was removed has only what arrived. */
async function wrongLedgers({ pool, tenants, active, destination }: Fleet): Promise<string[]> {
  const state = await postgresState({ pool, migrate: false })
  try {
    const found: string[] = []
    for (const { plan, simulator } of tenants) {
      const { name } = plan
      const hours = await state.ledger(name, 0, Number.MAX_SAFE_INTEGER)
      const arrived = destination.arrived(name)
      const times = simulator.events.map(({ gid, created_at }) => ({ gid, at: Date.parse(created_at) }))
      if (!active.has(name)) {
        found.push(
          ...hours
            .filter((hour) => hour.count > countIn(hour, times, arrived))
            .map((hour) => `${name}: ${line(hour)} was counted and did not arrive`),
        )
        continue
      }
      const delta = ledgerDelta()
      for (const { gid, at } of times) delta.add(at, 'delivered', gid)
      const expected = delta.hours().map(line)
      const actual = hours.map(line)
      found.push(
        ...expected.filter((one) => !actual.includes(one)).map((one) => `the ledger of ${name} lacks ${one}`),
        ...actual.filter((one) => !expected.includes(one)).map((one) => `the ledger of ${name} has ${one}`),
      )
    }
    return found
  } finally {
    await state.close()
  }
}

function countIn(
  { hour }: LedgerHour,
  events: readonly { readonly gid: string; readonly at: number }[],
  arrived: ReadonlySet<string>,
): number {
  return events.filter(({ gid, at }) => at >= hour && at < hour + hourMs && arrived.has(gid)).length
}

function line({ hour, kind, count, checksum }: LedgerHour): string {
  return `${new Date(hour).toISOString()} ${kind} ${count} ${checksum}`
}
