import { join } from 'node:path'
import {
  asanaBackfill,
  asanaSource,
  type Delivered,
  deliver,
  requestBudget,
  type Sink,
} from '@asana-audit/core'
import { sqliteState } from '@asana-audit/core/sqlite-state'
import { otlpSink } from '@asana-audit/otlp'
import {
  type AuditLogEvent,
  auditResourceAttributes,
  auditScope,
  keepAll,
  toLogRecord,
} from '@asana-audit/schema'
import { asanaHecEvent, hecSink } from '@asana-audit/splunk-hec'
import type { Setup, Variant } from '../variant.ts'

/** As the command puts it together: the source, `deliver`, and a state on disk with cursor, ids and ledger. */
export const variant: Variant = (setup) => ({
  async run({ workspace, onEvents }) {
    const { destinations = 1, limit, requestsPerMinute = 1e6 } = setup
    const state = sqliteState({ path: join(setup.folder, `${workspace}.db`) })
    const budget = requestBudget({ perMinute: requestsPerMinute })
    async function pipeline(name: string): Promise<Delivered> {
      const { token, asanaUrl: baseUrl, until, windows } = setup
      const options = { workspace, token, baseUrl, budget, limit, once: true }
      const source =
        windows === undefined ? asanaSource(options) : asanaBackfill({ ...options, until, windows })
      const claim = await state.claim(name)
      const { sink, map } = destination(setup, workspace)
      try {
        return await deliver({
          source,
          map,
          sink,
          lane: await claim.lane('live', source.fingerprint),
          onFatal: 'reject',
          onEvent: (fact) => {
            if (fact.type === 'committed') onEvents(fact.events)
          },
        })
      } finally {
        await sink.close?.()
        await claim.release()
      }
    }
    const names = Array.from({ length: destinations }, (_, index) => `pipeline ${index}`)
    const delivered = await Promise.all(names.map(pipeline))
    const setAside: number[] = []
    for await (const { id } of state.quarantine()) setAside.push(Number(id))
    await state.close()
    return {
      events: delivered.reduce((sum, one) => sum + one.delivered + one.quarantined, 0),
      setAside,
    }
  },
})

function destination(
  { to, otlpUrl, hecOrigin, hecToken, protocol = 'protobuf', compression }: Setup,
  workspace: string,
): { sink: Sink<unknown>; map: (event: AuditLogEvent) => unknown } {
  if (to === 'hec') {
    const sink = hecSink({ endpoint: hecOrigin, token: hecToken, host: workspace, compression })
    return { sink: sink as Sink<unknown>, map: (event) => asanaHecEvent(event, { fieldPolicy: keepAll }) }
  }
  const sink = otlpSink({
    url: otlpUrl,
    protocol: `http/${protocol}`,
    compression,
    resource: auditResourceAttributes({ workspace }),
    scope: auditScope,
  })
  return { sink: sink as Sink<unknown>, map: (event) => toLogRecord(event, { fieldPolicy: keepAll }) }
}
