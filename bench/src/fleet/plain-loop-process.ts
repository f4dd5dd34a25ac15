// What the fleet is compared with: a loop for each tenant in one process, as the example for vendors has it, with its state in one
// SQLite file.

import { join } from 'node:path'
import { asanaSource, deliver, httpClient } from '@asana-audit/core'
import { sqliteState } from '@asana-audit/core/sqlite-state'
import { token } from '../asana/page-server.ts'
import { serve } from '../ipc.ts'
import { liveHeapMb } from './live-heap.ts'
import { workspaceOf } from './tenant-server.ts'

/** The argument of the process. */
export interface LoopSetup {
  readonly folder: string
  readonly asanaUrl: string
  readonly tenants: number
  readonly pollSeconds: number
}

const { folder, asanaUrl, tenants, pollSeconds } = JSON.parse(process.argv[2] ?? '') as LoopSetup
const http = httpClient()
const state = sqliteState({ path: join(folder, 'state.db') })

serve({ heapMb: liveHeapMb })

const runs = Array.from({ length: tenants }, (_, tenant) =>
  deliver({
    pipeline: `tenant-${tenant}`,
    state,
    source: asanaSource({
      ...{ workspace: workspaceOf(tenant), token, baseUrl: asanaUrl, http },
      pollMs: pollSeconds * 1_000,
    }),
    map: ({ gid }) => gid,
    sink: { write: async () => {} },
  }),
)
await Promise.all(runs)
