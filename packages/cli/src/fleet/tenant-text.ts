import type { Tenant, TenantProgress } from '@asana-audit/fleet'
import { age } from '../progress/words/age.ts'
import { table } from '../query/table.ts'
import { safeText } from '../terminal/safe-text.ts'

/** The tenants as a table. `width`: of the terminal; undefined in a pipe. */
export function tenantRows(tenants: readonly Tenant[], width: number | undefined): void {
  const lines = table({
    columns: [
      { title: 'tenant' },
      { title: 'workspace', whole: true },
      { title: 'destination' },
      { title: 'token' },
      { title: 'poll', align: 'right', whole: true },
      { title: 'state', whole: true },
    ],
    width,
    write: (line) => process.stdout.write(`${line}\n`),
  })
  for (const { name, workspace, destination, tokenRef, pollSeconds, state, paused } of tenants) {
    const cells = [
      name,
      workspace,
      destination,
      tokenRef,
      `${pollSeconds} s`,
      paused ? `${state} (${paused.code})` : state,
    ]
    lines.row(cells.map(safeText))
  }
  lines.end()
}

/** One tenant, line by line. `now`: milliseconds since 1970. */
export function tenantLines(tenant: Tenant, progress: TenantProgress | undefined, now: number): string[] {
  const { name, workspace, destination, tokenRef, pollSeconds, state, paused } = tenant
  const ago = (time: string): string => `${time} (${age(now - Date.parse(time))} ago)`
  const lines = [
    name,
    `  workspace     ${workspace}`,
    `  destination   ${destination}`,
    `  token         ${tokenRef}`,
    `  poll          every ${pollSeconds} s`,
    `  state         ${state}`,
  ]
  if (paused) {
    lines.push(`  paused        ${ago(paused.since)}: ${paused.message}`)
    lines.push(`  next try      ${paused.nextTry ?? 'when it is resumed'}`)
  }
  if (!progress) return lines
  const { since, lastCommit, newestEvent, delivered, quarantined, why } = progress
  lines.push(`  read or saved ${ago(since)}`)
  lines.push(`  last saved    ${lastCommit === undefined ? 'never' : ago(lastCommit)}`)
  lines.push(`  newest event  ${newestEvent === undefined ? 'none yet' : ago(newestEvent)}`)
  lines.push(`  delivered     ${delivered.toLocaleString('en')} new events`)
  lines.push(
    `  quarantined   ${quarantined.toLocaleString('en')}${quarantined > 0 ? ' over all turns, with those replayed or discarded since' : ''}`,
  )
  if (why !== undefined && !paused) lines.push(`  why           ${why}`)
  return lines
}
