import { asanaSource, deliver } from '@asana-audit/core'
import { sqliteState } from '@asana-audit/core/sqlite-state'
import { asanaHecEvent, hecSink } from '@asana-audit/splunk-hec'

const { ASANA_BASE_URL: baseUrl, ASANA_TOKEN: token = '', ASANA_WORKSPACE: workspace = '' } = process.env
const { SPLUNK_HEC_URL: url = '', SPLUNK_HEC_TOKEN: hecToken = '' } = process.env
const { STATE_PATH: path = 'state.db' } = process.env

const source = asanaSource({ workspace, token, baseUrl, once: true })
await using sink = hecSink({ url, token: hecToken, host: workspace, onWarning: console.warn })
await using state = sqliteState({ path })
console.log(await deliver({ pipeline: 'splunk', state, source, map: asanaHecEvent, sink, onFatal: 'reject' }))
