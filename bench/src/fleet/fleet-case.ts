import type { TenantSettings } from './tenant-server.ts'

/** One row of the table: many tenants, most of them with nothing new, for some time. */
export interface FleetCase {
  readonly name: string
  /** Our workers over PostgreSQL, or a loop for each tenant in one process with its state in SQLite. */
  readonly engine: 'fleet' | 'plain loop'
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

export interface FleetRow {
  readonly one: FleetCase
  readonly figures: FleetFigures | undefined
  readonly error: string | undefined
}
