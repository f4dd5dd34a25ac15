import { asanaSource, deliver } from '@asana-audit/core'
import { sqliteState } from '@asana-audit/core/sqlite-state'
import { asanaHecEvent, hecSink } from '@asana-audit/splunk-hec'

const { ASANA_BASE_URL: baseUrl, ASANA_TOKEN: token = '', ASANA_WORKSPACE: workspace = '' } = process.env
const { SPLUNK_HEC_URL: endpoint = '', SPLUNK_HEC_TOKEN: hecToken = '' } = process.env
const { STATE_PATH: path = 'state.db' } = process.env

const source = asanaSource({ workspace, token, baseUrl, once: true })
const sink = hecSink({ endpoint, token: hecToken, host: workspace, onWarning: console.warn })
const state = sqliteState({ path })
const claim = await state.claim('splunk')
try {
  const lane = await claim.lane('live', source.fingerprint)
  console.log(await deliver({ source, map: (event) => asanaHecEvent(event), sink, lane, onFatal: 'reject' }))
} finally {
  await sink.close?.()
  await claim.release()
  await state.close()
}
