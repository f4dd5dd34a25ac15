import { hostname } from 'node:os'
import { toFault } from '@asana-audit/core'
import { fleetWorker } from '@asana-audit/fleet'
import type { Pool } from 'pg'
import { plain } from '../listen/answer.ts'
import { type Route, type Server, startServer } from '../listen/server.ts'
import { growHeapSlowly } from '../pipelines/heap-growth.ts'
import { faultCode } from '../pipelines/result-code.ts'
import { type ExitCode, exitCode } from '../terminal/exit-code.ts'
import { stopSignals } from '../terminal/stop-signals.ts'
import type { FleetFile } from './read-fleet-file.ts'
import { type TenantMetrics, tenantMetrics } from './tenant-metrics.ts'
import { openTenantPipelines } from './tenant-pipelines.ts'
import type { WorkerLog } from './worker-log.ts'

export interface WorkerOptions {
  readonly pool: Pool
  readonly file: FleetFile
  /** Undefined: the name of this machine and the number of this process. */
  readonly name: string | undefined
  readonly log: WorkerLog
}

const progressEveryMs = 30_000

/** Runs a worker until a stop signal. A fault of its set-up ends it at once. */
export async function runWorker({ pool, file, log, ...options }: WorkerOptions): Promise<ExitCode> {
  growHeapSlowly()
  const signal = stopSignals((name) => log.stopping(name))
  const { values, destinations } = file
  const name = options.name ?? `${hostname()}-${process.pid}`
  const kindOf = (destination: string): string =>
    destinations.get(destination)?.destination.kind ?? destination
  const metrics = tenantMetrics(values.tenant_metrics, values.requests_per_minute, kindOf)
  let pipelines: Awaited<ReturnType<typeof openTenantPipelines>> | undefined
  let server: Server | undefined
  let timer: NodeJS.Timeout | undefined
  try {
    pipelines = await openTenantPipelines(file, process.env, log.warning)
    server = file.listen && (await startServer(file.listen, routes(pool, metrics)))
    const { tail_slots: tailSlots, backlog_slots: backlogSlots } = values
    log.started(name, tailSlots + backlogSlots, server?.url)
    timer = setInterval(() => log.progress(), progressEveryMs)
    await fleetWorker({
      ...{ pool, open: pipelines.open, tailSlots, backlogSlots, name, signal },
      requestsPerMinute: values.requests_per_minute,
      onFact(fact, tenant, lane) {
        metrics.fact(fact, tenant, lane)
        log.fact(fact, tenant, lane)
      },
      onTurn: () => log.turnEnded(),
      onDatabase: (fact) => log.database(fact),
    })
    log.progress()
    log.stopped()
    return exitCode.done
  } catch (error) {
    const fault = toFault(error)
    log.failed(fault)
    return faultCode(fault)
  } finally {
    clearInterval(timer)
    await server?.close()
    await pipelines?.close()
  }
}

/** Alive is a process that answers; ready is one that reaches its database. */
function routes(pool: Pool, metrics: TenantMetrics): ReadonlyMap<string, Route> {
  return new Map<string, Route>([
    ['/livez', { isForProbes: true, answer: () => plain(200, 'ok') }],
    [
      '/readyz',
      {
        isForProbes: true,
        answer: async () => {
          try {
            await pool.query('select 1')
            return plain(200, 'ok')
          } catch {
            return plain(503, 'The database cannot be reached. The log of the worker says more.')
          }
        },
      },
    ],
    [
      '/metrics',
      {
        answer: async (request) => {
          const { contentType: type, body } = await metrics.text(request.headers.accept)
          return { status: 200, type, body, headers: { Vary: 'Accept' } }
        },
      },
    ],
  ])
}
