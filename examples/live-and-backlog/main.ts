import { deliverLanes, requestBudget } from '@asana-audit/core'
import { sqliteState } from '@asana-audit/core/sqlite-state'
import { fileSink } from '@asana-audit/otlp'
import { auditResourceAttributes, auditScope, toLogRecord } from '@asana-audit/schema'

const { ASANA_BASE_URL: baseUrl, ASANA_TOKEN: token = '', ASANA_WORKSPACE: workspace = '' } = process.env
const { STATE_PATH: statePath = 'state.db', OUTPUT: path = 'audit.jsonl' } = process.env

await using sink = fileSink({ path, resource: auditResourceAttributes({ workspace }), scope: auditScope })
await using state = sqliteState({ path: statePath })
const stop = new AbortController()
process.once('SIGTERM', () => stop.abort())

// Without `once` it goes on for ever.
const source = { workspace, token, baseUrl, budget: requestBudget(), once: true }
console.log(
  await deliverLanes({
    pipeline: 'main',
    state,
    source,
    map: toLogRecord,
    sink,
    signal: stop.signal,
    onFatal: 'reject',
  }),
)
for (const { lane, delivered } of await state.lanes()) console.log(`${lane}: ${delivered}`)
