import { deliverLanes, requestBudget } from '@asana-audit/core'
import { sqliteState } from '@asana-audit/core/sqlite-state'
import { fileSink } from '@asana-audit/otlp'
import { auditResourceAttributes, auditScope, toLogRecord } from '@asana-audit/schema'

const { ASANA_BASE_URL: baseUrl, ASANA_TOKEN: token = '', ASANA_WORKSPACE: workspace = '' } = process.env
const { STATE_PATH: statePath = 'state.db', OUTPUT: path = 'audit.jsonl' } = process.env

const sink = fileSink({ path, resource: auditResourceAttributes({ workspace }), scope: auditScope })
const state = sqliteState({ path: statePath })
const claim = await state.claim('main')
const stop = new AbortController()
process.once('SIGTERM', () => stop.abort())
try {
  // Without `once` it goes on for ever.
  const source = { workspace, token, baseUrl, budget: requestBudget(), once: true }
  const map = (event: Parameters<typeof toLogRecord>[0]) => toLogRecord(event)
  console.log(await deliverLanes({ claim, source, map, sink, signal: stop.signal, onFatal: 'reject' }))
  for (const { lane, delivered } of await state.lanes()) console.log(`${lane}: ${delivered}`)
} finally {
  await sink.close?.()
  await claim.release()
  await state.close()
}
