import { asanaSource, deliver } from '@asana-audit/core'
import { sqliteState } from '@asana-audit/core/sqlite-state'
import { fileSink } from '@asana-audit/otlp'
import { auditResourceAttributes, auditScope, toLogRecord } from '@asana-audit/schema'

const { ASANA_BASE_URL: baseUrl, ASANA_TOKEN: token = '', ASANA_WORKSPACE: workspace = '' } = process.env

const source = asanaSource({ workspace, token, baseUrl, once: true })
await using state = sqliteState({ path: 'state.db' })
// For a Collector: otlpSink({ url: 'http://localhost:4318/v1/logs', resource, scope }) of the same package.
await using sink = fileSink({
  path: 'audit.jsonl',
  resource: auditResourceAttributes({ workspace }),
  scope: auditScope,
})
console.log(await deliver({ pipeline: 'first', state, source, map: toLogRecord, sink, onFatal: 'reject' }))
