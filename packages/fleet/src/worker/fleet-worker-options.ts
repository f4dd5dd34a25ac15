import type { Fact, LaneName } from '@asana-audit/core'
import type { Pool } from 'pg'
import type { Tenant } from '../tenants/tenant.ts'
import type { OpenTenant } from './tenant-pipeline.ts'
import type { TurnEnd } from './turn.ts'

export interface FleetWorkerOptions<R> {
  /** A `Pool` of `pg`. The caller ends it. Ten connections are enough for any number of tenants. */
  readonly pool: Pool
  /** How to read and write for a tenant. */
  readonly open: OpenTenant<R>
  /** Stops the worker: turns under way save what is accepted and are handed to other workers. */
  readonly signal: AbortSignal
  /**
   * For people: it is in the lanes it commits to, and in `fleet_workers`. No two workers may have the same.
   * @default the host's name and the process id
   */
  readonly name?: string | undefined
  /**
   * Most turns for new events at once.
   * @default 64
   */
  readonly tailSlots?: number | undefined
  /**
   * Most turns for backlogs at once.
   * @default 4
   */
  readonly backlogSlots?: number | undefined
  /**
   * A turn ends after this long, in milliseconds, if there is more to read. The tenant goes on in its next turn, behind those that wait.
   * @default 10_000
   */
  readonly sliceMs?: number | undefined
  /**
   * A turn ends after this many pages with events, if there is more to read.
   * @default 8
   */
  readonly slicePages?: number | undefined
  /**
   * How long a commit waits for others to be made with it, in milliseconds.
   * @default 50
   */
  readonly groupMs?: number | undefined
  /**
   * How long a turn under way may go on with a write after a stop, in milliseconds.
   * @default 10_000
   */
  readonly graceMs?: number | undefined
  /**
   * Most requests to Asana in a minute with one token, of all workers together. All of them must have the same.
   * @default 1_200
   */
  readonly requestsPerMinute?: number | undefined
  /**
   * How often the worker plans turns for tenants that have none, such as new ones, in milliseconds.
   * @default 15_000
   */
  readonly planEveryMs?: number | undefined
  /** Called with each fact of a tenant. It must not throw. */
  readonly onFact?: ((fact: Fact, tenant: Tenant, lane: LaneName) => void) | undefined
  /** Called when a turn has ended, with how and after how many milliseconds. It must not throw. */
  readonly onTurn?: ((end: TurnEnd, tenant: Tenant, lane: LaneName, ms: number) => void) | undefined
  /** Called when the database does not do what the worker needs (`retrying`) and when it does again (`resumed`). It must not throw. */
  readonly onDatabase?: ((fact: Fact) => void) | undefined
}
