import { asanaSource, deliver, fault, type Sink } from '@asana-audit/core'
import { sqliteState } from '@asana-audit/core/sqlite-state'
import { createDetector, type Hit, isAtLeast, shippedRules } from '@asana-audit/detections'
import type { AuditLogEvent } from '@asana-audit/schema'

const { ASANA_BASE_URL: baseUrl, ASANA_TOKEN: token = '', ASANA_WORKSPACE: workspace = '' } = process.env
const { WEBHOOK_URL: url = '', STATE_PATH: path = 'state.db' } = process.env

const rules = (await shippedRules()).filter(({ level, reports }) => !reports || isAtLeast(level, 'medium'))
const detector = createDetector({ rules })
/** By the gids of a write under way: an event is handed in once, also when its write is tried again. */
const found = new Map<string, readonly Hit[]>()

const alerts: Sink<AuditLogEvent> = {
  prefers: { records: 500, inFlight: 1 },
  async write(events, signal) {
    for (const event of events) if (!found.has(event.gid)) found.set(event.gid, detector.add(event))
    for (const { rule, event, correlated } of [...found.values()].flat()) {
      const alert = { id: `${event.gid}/${rule.id}`, level: rule.level, title: rule.title, event, correlated }
      const response = await fetch(url, { method: 'POST', body: JSON.stringify(alert), signal })
      await response.arrayBuffer()
      if (response.ok) continue
      const message = `The webhook answered ${response.status}.`
      throw fault({ fault: 'temporary', code: `webhook_${response.status}`, message })
    }
    found.clear()
  },
}

const source = asanaSource({ workspace, token, baseUrl, once: true })
await using state = sqliteState({ path })
const map = (event: AuditLogEvent) => event
console.log(await deliver({ pipeline: 'alerts', state, source, map, sink: alerts, onFatal: 'reject' }))
