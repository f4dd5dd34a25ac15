import { join } from 'node:path'
import {
  asanaBackfill,
  asanaSource,
  type Delivered,
  deliver,
  type Fact,
  requestBudget,
  type Sink,
} from '@asana-audit/core'
import { sqliteState } from '@asana-audit/core/sqlite-state'
import { otlpSink } from '@asana-audit/otlp'
import { type AuditLogEvent, auditResourceAttributes, auditScope, keepAll } from '@asana-audit/schema'
import { writeLogRecord } from '@asana-audit/schema/encoder'
import { asanaHecEvent, type HecEvent, hecSink } from '@asana-audit/splunk-hec'
import type { Setup, Variant } from '../variant.ts'

/** As in the command: the source, `deliver`, and a state on disk with cursor, ids and ledger. */
export const variant: Variant = (setup) => ({
  async run({ workspace, onEvents }) {
    const { destinations = 1, limit, requestsPerMinute = 1e6 } = setup
    const state = sqliteState({ path: join(setup.folder, `${workspace}.db`) })
    const budget = requestBudget({ perMinute: requestsPerMinute })
    async function pipeline(name: string): Promise<Delivered> {
      const { token, asanaUrl: baseUrl, until, windows } = setup
      const onFact = (fact: Fact): void => {
        if (fact.type === 'committed') onEvents(fact.events)
      }
      const options = { workspace, token, baseUrl, budget, limit, once: true, onFact }
      const source =
        windows === undefined ? asanaSource(options) : asanaBackfill({ ...options, until, windows })
      const claim = await state.claim(name)
      const sink = destination(setup, workspace)
      try {
        return await deliver({
          source,
          map: (event) => event,
          sink,
          lane: await claim.lane('live', source.fingerprint),
          onFatal: 'reject',
          onFact,
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

const recordOptions = { fieldPolicy: keepAll }

function destination(
  { to, otlpUrl, hecOrigin, hecToken, protocol = 'protobuf', compression }: Setup,
  workspace: string,
): Sink<AuditLogEvent> {
  if (to === 'hec') {
    const toHecEvent = (event: AuditLogEvent): HecEvent => asanaHecEvent(event, { fieldPolicy: keepAll })
    return hecSink({ url: hecOrigin, token: hecToken, host: workspace, compression, toHecEvent })
  }
  return otlpSink({
    url: otlpUrl,
    protocol: `http/${protocol}`,
    compression,
    resource: auditResourceAttributes({ workspace }),
    scope: auditScope,
    writeRecord: (event: AuditLogEvent, put) => writeLogRecord(event, put, recordOptions),
  })
}
