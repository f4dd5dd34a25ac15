import { sqliteState } from '@asana-audit/core/sqlite-state'
import { asanaAuditLogs, tracked } from '@asana-audit/otel'
import { SplunkHecLogExporter } from '@asana-audit/splunk-hec'
import { logs } from '@opentelemetry/api'
import { OTLPLogExporter } from '@opentelemetry/exporter-logs-otlp-http'
import { resourceFromAttributes } from '@opentelemetry/resources'
import { BatchLogRecordProcessor, LoggerProvider } from '@opentelemetry/sdk-logs'

const { ASANA_BASE_URL: baseUrl, ASANA_TOKEN: token = '', ASANA_WORKSPACE: workspace = '' } = process.env
const { STATE_PATH: path = 'state.db', SPLUNK_HEC_URL: url, SPLUNK_HEC_TOKEN: hecToken = '' } = process.env

// What a host has set up already, for all its logs; only `tracked` is new.
const exporter = tracked(url ? new SplunkHecLogExporter({ url, token: hecToken }) : new OTLPLogExporter())
const loggerProvider = new LoggerProvider({
  resource: resourceFromAttributes({ 'service.name': 'our-application' }),
  processors: [new BatchLogRecordProcessor({ exporter })],
})
logs.setGlobalLoggerProvider(loggerProvider)
logs.getLogger('our-application').emit({ body: 'The application has started.' })

// Start, with the host.
const state = sqliteState({ path })
const source = { workspace, token, baseUrl, once: process.argv.includes('--once') }
const audit = asanaAuditLogs({ loggerProvider, tracked: exporter, state, source })

// Stop, with the host: ours first, then the SDK.
process.once('SIGTERM', () => void audit.stop())
console.log(await audit.ended)
await state.close()
await loggerProvider.shutdown()
