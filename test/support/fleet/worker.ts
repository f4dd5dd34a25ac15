/** A worker of a history: `fleetWorker` between the simulated tenants and the destination of the test. */
import { Pool } from 'pg'
import { fleetWorker } from '../../../packages/fleet/src/index.ts'
import type { Write } from './destination.ts'

/** The argument of the process. */
export interface Assignment {
  readonly name: string
  readonly databaseUrl: string
  readonly destinationUrl: string
  /** The base URL of each workspace. */
  readonly asana: Readonly<Record<string, string>>
}

export type Message = { readonly type: 'ready' | 'refused' }

// Without the test nobody needs it.
process.on('disconnect', () => process.exit())

const { name, databaseUrl, destinationUrl, asana } = JSON.parse(process.argv[2] ?? '') as Assignment
const stop = new AbortController()
process.once('SIGTERM', () => stop.abort())

const pool = new Pool({ connectionString: databaseUrl, max: 8 })
tell({ type: 'ready' })
await fleetWorker<string>({
  pool,
  name,
  signal: stop.signal,
  onTurn({ outcome, ...end }) {
    if (outcome === 'superseded' && 'why' in end && end.why !== 'removed') tell({ type: 'refused' })
  },
  open: ({ name: tenant, workspace }) => ({
    source: { workspace, token: 'simulator-token', baseUrl: asana[workspace] },
    map: ({ gid }) => gid,
    sink: {
      async write(ids, signal) {
        const write: Write = { worker: name, tenant, ids }
        const response = await fetch(destinationUrl, { method: 'POST', body: JSON.stringify(write), signal })
        await response.arrayBuffer()
        if (response.status !== 202) throw new Error(`The destination answered ${response.status}.`)
      },
    },
  }),
})
await pool.end()
process.disconnect()

function tell(message: Message): void {
  process.send?.(message)
}
