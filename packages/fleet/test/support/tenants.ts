import { type Simulator, type SimulatorOptions, startSimulator } from '@asana-audit/simulator'
import type { Pool } from 'pg'
import { onTestFinished } from 'vitest'
import { fleetWorker } from '../../src/index.ts'
import type { Tenant } from '../../src/tenants/tenant.ts'
import { addTenant } from '../../src/tenants/tenants.ts'
import type { FleetWorkerOptions } from '../../src/worker/fleet-worker-options.ts'
import type { TurnEnd } from '../../src/worker/turn.ts'
import { withClient } from './fleet-database.ts'

export interface EndedTurn {
  readonly tenant: string
  readonly lane: string
  readonly end: TurnEnd
}

/** Customers with simulated workspaces, and where their events go. */
export interface Customers {
  readonly simulators: ReadonlyMap<string, Simulator>
  /** Ids that were accepted, in order, by tenant. */
  readonly arrived: ReadonlyMap<string, string[]>
  /** Turns that ended, of all workers. */
  readonly turns: EndedTurn[]
  /** Called with each write before it is accepted. It may throw, or wait. */
  beforeWrite: (tenant: string, ids: readonly string[], whole: Tenant) => Promise<void> | void
  add(name: string, options: SimulatorOptions, pollSeconds?: number): Promise<Simulator>
  /** Starts a worker. The result stops it and resolves when it has ended. */
  work(options?: Partial<FleetWorkerOptions<string>>): () => Promise<void>
}

export function customersOf(pool: Pool): Customers {
  const simulators = new Map<string, Simulator>()
  const arrived = new Map<string, string[]>()
  const turns: EndedTurn[] = []
  let number = 0
  const customers: Customers = {
    ...{ simulators, arrived, turns, beforeWrite: () => {} },
    async add(name, options, pollSeconds = 1) {
      number += 1
      const workspace = String(1_200_000_000_000_000 + number)
      const simulator = await startSimulator({ workspace, ...options })
      onTestFinished(() => simulator.close())
      simulators.set(name, simulator)
      arrived.set(name, [])
      await withClient(pool, (client) =>
        addTenant(client, {
          name,
          workspace,
          tokenRef: `env:TOKEN_${number}`,
          destination: 'test',
          pollSeconds,
        }),
      )
      return simulator
    },
    work(options = {}) {
      const stop = new AbortController()
      const work = fleetWorker<string>({
        ...{ pool, open: pipelineOf, signal: stop.signal, groupMs: 5, planEveryMs: 200 },
        onTurn: (end, { name: tenant }, lane) => turns.push({ tenant, lane, end }),
        ...options,
      })
      const ended = async (): Promise<void> => {
        stop.abort()
        await work
      }
      onTestFinished(() => ended())
      return ended
    },
  }

  function pipelineOf(tenant: Tenant) {
    const { name, workspace } = tenant
    const simulator = simulators.get(name)
    if (!simulator) throw new Error(`There is no workspace of ${name}.`)
    return {
      source: { workspace, token: 'simulator-token', baseUrl: simulator.url, limit: 10 },
      map: ({ gid }: { gid: string }) => gid,
      sink: {
        prefers: { records: 1 },
        async write(ids: readonly string[]) {
          await customers.beforeWrite(name, ids, tenant)
          arrived.get(name)?.push(...ids)
        },
      },
    }
  }

  return customers
}
