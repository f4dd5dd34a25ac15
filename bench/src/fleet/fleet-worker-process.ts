// A worker that is measured: `fleetWorker` between the server of many tenants and a destination that costs nothing.

import { httpClient } from '@asana-audit/core'
import { fleetWorker } from '@asana-audit/fleet'
import { Pool } from 'pg'
import { token } from '../asana/page-server.ts'
import { serve } from '../ipc.ts'
import { liveHeapMb } from './live-heap.ts'

/** The argument of the process. */
export interface WorkerSetup {
  readonly name: string
  readonly databaseUrl: string
  readonly asanaUrl: string
  readonly isGrouped: boolean
}

const { name, databaseUrl, asanaUrl, isGrouped } = JSON.parse(process.argv[2] ?? '') as WorkerSetup
const http = httpClient()
const stop = new AbortController()

serve({ heapMb: liveHeapMb })

await fleetWorker<string>({
  pool: new Pool({ connectionString: databaseUrl, max: 8 }),
  name,
  signal: stop.signal,
  ...(!isGrouped && { groupMs: 0 }),
  open: ({ workspace }) => ({
    source: { workspace, token, baseUrl: asanaUrl, http },
    map: ({ gid }) => gid,
    sink: { write: async () => {} },
  }),
})
