import { asanaSource, deliver, fault, type Sink } from '@asana-audit/core'
import { sqliteState } from '@asana-audit/core/sqlite-state'

const { ASANA_BASE_URL: baseUrl, ASANA_TOKEN: token = '', ASANA_WORKSPACE: workspace = '' } = process.env
const { WEBHOOK_URL: url = '', STATE_PATH: path = 'state.db' } = process.env

const webhook: Sink<unknown> = {
  async write(events, signal) {
    const response = await fetch(url, { method: 'POST', body: JSON.stringify(events), signal })
    await response.arrayBuffer()
    if (response.ok) return
    const shape = { code: `webhook_${response.status}`, message: `The webhook answered ${response.status}.` }
    if (response.status === 422) throw fault({ fault: 'rejected', at: 'none-taken', ...shape })
    if (response.status === 401) throw fault({ fault: 'fatal', ...shape })
    throw fault({ fault: 'temporary', ...shape })
  },
}

const source = asanaSource({ workspace, token, baseUrl, once: true })
await using state = sqliteState({ path })
const map = (event: unknown): unknown => event
console.log(await deliver({ pipeline: 'webhook', state, source, map, sink: webhook, onFatal: 'reject' }))
