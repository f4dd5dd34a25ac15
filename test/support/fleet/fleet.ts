import { Pool, type PoolClient } from 'pg'
import { addTenant, migrateFleet, removeTenant } from '../../../packages/fleet/src/index.ts'
import { type OwnPostgres, startOwnPostgres } from '../postgres/start-postgres.ts'
import { createCommitLog, lastCommit } from './commit-log.ts'
import { type FleetDestination, fleetDestination } from './destination.ts'
import { type FleetPlan, pollSeconds, type TenantPlan, type WorkerName, workerNames } from './plan.ts'
import { type PostgresLine, postgresLine } from './postgres-line.ts'
import { type Growing, type SimulatedTenant, simulatedTenant } from './simulated-tenant.ts'
import { startWorker, type WorkerProcess } from './worker-process.ts'

/** Everything that a history disturbs: tenants, workers, the lines between them, database and destination. */
export interface Fleet extends AsyncDisposable {
  readonly postgres: OwnPostgres
  readonly pool: Pool
  readonly destination: FleetDestination
  readonly tenants: readonly SimulatedTenant[]
  readonly growing: Growing
  /** The number of the last commit at the removal of a pipeline. */
  readonly removals: ReadonlyMap<number, bigint>
  /** Names of tenants that are added and not removed. */
  readonly active: ReadonlySet<string>
  /** Every worker that was ever started. */
  readonly workers: readonly WorkerProcess[]
  /** The last one of this name. */
  worker(name: WorkerName): WorkerProcess
  line(name: WorkerName): PostgresLine
  start(name: WorkerName): Promise<void>
  add(tenant: TenantPlan): Promise<void>
  remove(tenant: TenantPlan): Promise<void>
}

/** Of all that a worker sends, only a commit has this. */
const isCommit = (sent: string): boolean => sent.includes('insert into asana_audit.lane')

/** `plant`: the name of a bug in all workers. */
export async function startFleet(plan: FleetPlan, plant: string | undefined): Promise<Fleet> {
  const growing: Growing = { isGrowing: true, polls: [] }
  const postgres = await startOwnPostgres()
  const pool = new Pool({ connectionString: postgres.url, max: 4 })
  // Idle connections end with the database.
  pool.on('error', () => {})
  const tenants = await Promise.all(
    plan.tenants.map((tenant, number) => simulatedTenant(plan, tenant, number, growing)),
  )
  const destination = await fleetDestination(plan)
  const { hostname, port } = new URL(postgres.url)
  const lines = new Map<WorkerName, PostgresLine>()
  for (const name of workerNames) {
    lines.set(name, await postgresLine({ host: hostname, port: Number(port) }, isCommit))
  }
  const workers: WorkerProcess[] = []
  const active = new Set<string>()
  const removals = new Map<number, bigint>()

  function line(name: WorkerName): PostgresLine {
    return lines.get(name)!
  }

  async function inDatabase<T>(work: (client: PoolClient) => Promise<T>): Promise<T> {
    const client = await pool.connect()
    try {
      return await work(client)
    } finally {
      client.release()
    }
  }

  await inDatabase(async (client) => {
    await migrateFleet(client)
    await createCommitLog(client)
  })

  return {
    ...{ postgres, pool, destination, tenants, growing, removals, active, workers, line },
    worker: (name) => workers.findLast((one) => one.name === name)!,
    async start(name) {
      const url = new URL(postgres.url)
      url.port = String(line(name).port)
      const assignment = {
        name,
        databaseUrl: url.href,
        destinationUrl: destination.url,
        asana: Object.fromEntries(tenants.map(({ workspace, simulator }) => [workspace, simulator.url])),
      }
      const worker = startWorker(assignment, plant)
      workers.push(worker)
      await Promise.race([
        worker.ready,
        worker.ended.then(({ printed }) => Promise.reject(new Error(`A worker does not start: ${printed}`))),
      ])
    },
    async add({ name }) {
      const { workspace } = tenants.find(({ plan: { name: of } }) => of === name)!
      await inDatabase((client) =>
        addTenant(client, {
          ...{ name, workspace, pollSeconds },
          destination: 'test',
          // A token of its own, as customers have them: those who share one share a budget.
          tokenRef: `env:TOKEN_OF_${workspace}`,
        }),
      )
      active.add(name)
    },
    async remove({ name }) {
      active.delete(name)
      await inDatabase(async (client) => {
        await removeTenant(client, name)
        const { rows } = await client.query<{ id: number }>(
          'select id from asana_audit.pipeline where name = $1',
          [name],
        )
        removals.set(rows[0]!.id, await lastCommit(client))
      })
    },
    async [Symbol.asyncDispose]() {
      for (const worker of workers) if (worker.isRunning) worker.signal('SIGKILL')
      await Promise.all(workers.map(({ ended }) => ended))
      await pool.end()
      for (const one of lines.values()) await one[Symbol.asyncDispose]()
      await destination[Symbol.asyncDispose]()
      await Promise.all(tenants.map(({ simulator }) => simulator.close()))
      await postgres[Symbol.asyncDispose]()
    },
  }
}
