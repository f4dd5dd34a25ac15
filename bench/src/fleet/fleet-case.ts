import type { TenantSettings } from './tenant-server.ts'

/** One row of the table: many tenants, most of them with nothing new, for some time. */
export interface FleetCase {
  readonly name: string
  /**
   * Our workers over PostgreSQL; the request, reading and `deliver` of their turns alone, with positions in memory; or a loop for each tenant in
   * one process with its state in SQLite.
   */
  readonly engine: 'fleet' | 'turns alone' | 'plain loop'
  readonly tenants: TenantSettings
  readonly pollSeconds: number
  readonly workers: number
  /** Whether a commit waits for others to share its transaction. Without that it shares it only with those that came during the commit before. */
  readonly isGrouped: boolean
  /** How long it is measured, after every tenant has been polled twice. */
  readonly seconds: number
}

/** The figures of a row. CPU times are milliseconds a poll. */
export interface FleetFigures {
  readonly pollsPerSecond: number
  readonly nodeMs: number
  /** Missing where there is no PostgreSQL. */
  readonly postgresMs?: number
  /** Of Node and PostgreSQL together. */
  readonly pollsPerCoreSecond: number
  /** Cores in use, of Node and PostgreSQL together. */
  readonly cores: number
  readonly commitsPerSecond?: number
  readonly walBytes?: number
  readonly medianGap: number
  readonly highGap: number
  readonly mostGap: number
  readonly backlogPagesPerSecond: number
  /** Resident memory of all processes of Node at the beginning of the measurement, at its end, and at most. */
  readonly firstMb: number
  readonly lastMb: number
  readonly mostMb: number
  /** Live heap of one process after a forced collection, at the beginning and at the end. */
  readonly heapMb: readonly [first: number, last: number]
}

/** Of Node and PostgreSQL together, in milliseconds. */
export function perPoll({ nodeMs, postgresMs = 0 }: FleetFigures): number {
  return nodeMs + postgresMs
}

/**
 * What queue, commits and database add to a poll, in milliseconds: all of it without what the same turns cost alone. Undefined where those were not
 * measured for the same tenants at the same pace.
 */
export function engineMs({ one, figures }: FleetRow, rows: readonly FleetRow[]): number | undefined {
  const { tenants, backlogs } = one.tenants
  const alone = rows.find(
    (row) =>
      row.one.engine === 'turns alone' &&
      row.one.tenants.tenants === tenants &&
      row.one.pollSeconds === one.pollSeconds,
  )
  if (one.engine !== 'fleet' || backlogs > 0 || !figures || !alone?.figures) return undefined
  return perPoll(figures) - perPoll(alone.figures)
}

export interface FleetRow {
  readonly one: FleetCase
  readonly figures: FleetFigures | undefined
  readonly error: string | undefined
}
