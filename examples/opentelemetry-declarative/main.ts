import { sqliteState } from '@asana-audit/core/sqlite-state'
import { asanaAuditLogs } from '@asana-audit/otel'
import { logs } from '@opentelemetry/api'
import { startNodeSdk } from '@opentelemetry/sdk-node'

const { ASANA_BASE_URL: baseUrl, ASANA_TOKEN: token = '', ASANA_WORKSPACE: workspace = '' } = process.env
const { STATE_PATH: path = 'state.db' } = process.env

// What a host has set up already: OTEL_CONFIG_FILE names otel.yaml.
const sdk = startNodeSdk()

// Start, with the host. The exporter cannot be wrapped, so this is best effort, and a warning says so.
const state = sqliteState({ path })
const source = { workspace, token, baseUrl, once: process.argv.includes('--once') }
const audit = asanaAuditLogs({ loggerProvider: logs.getLoggerProvider(), state, source })

// Stop, with the host: ours first, then the SDK.
process.once('SIGTERM', () => void audit.stop())
console.log(await audit.ended)
await state.close()
await sdk.shutdown()
