import { asanaSource } from '@asana-audit/core'

const { ASANA_BASE_URL: baseUrl, ASANA_TOKEN: token = '', ASANA_WORKSPACE: workspace = '' } = process.env
const source = asanaSource({ workspace, token, baseUrl, once: true, settledWindowMs: 0 })

for await (const { events, malformed } of source.read()) {
  for (const event of events) console.log(event.created_at, event.event_type, event.gid)
  for (const { reason } of malformed) console.error(reason)
}
