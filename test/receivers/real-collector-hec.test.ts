import { expect, onTestFinished, vi } from 'vitest'
import {
  asanaSource,
  type Delivered,
  deliver,
  memoryState,
  type OnFact,
} from '../../packages/core/src/index.ts'
import { type AuditLogEvent, auditResourceAttributes, toLogRecord } from '../../packages/schema/src/index.ts'
import type { Instant } from '../../packages/schema/src/lossless.ts'
import type { Simulator } from '../../packages/simulator/src/index.ts'
import { asanaHecEvent, type HecEvent, hecSink, otelHecEvent } from '../../packages/splunk-hec/src/index.ts'
import {
  type Collector,
  type CollectorConfig,
  limitedTo,
  startCollector,
} from '../support/collector/collector.ts'
import { expectedHecLog } from '../support/collector/expectation.ts'
import type { ArrivedLog } from '../support/collector/output.ts'
import { simulate, testWith } from '../support/collector/suite.ts'
import { hostileEvents } from '../support/data/hostile-events.ts'
import { startAsana, token, workspace } from '../support/servers/asana-server.ts'

// The splunk_hec receiver of the Collector replaces Splunk: others wrote it, and it gives its own answers.

const testHec = testWith('splunk_hec', 'file', 'memory_limiter')
const patient = { timeout: 300_000, interval: 50 }

const resource = auditResourceAttributes({ workspace })
/** Replaces the times that OTLP cannot carry. */
const observedTimestamp: Instant = [1_767_225_600, 0]
const formats: readonly [name: string, map: (event: AuditLogEvent) => HecEvent][] = [
  ['asana', (event) => asanaHecEvent(event)],
  ['otel', (event) => otelHecEvent(toLogRecord(event, { observedTimestamp }), { resource })],
]

const splunkHec = (endpoint: string, settings: object = {}): CollectorConfig => ({
  receivers: { splunk_hec: { endpoint, ...settings } },
})

interface HecDelivery {
  readonly asana: { readonly baseUrl: string; readonly workspace: string; readonly token: string }
  readonly collector: Collector
  readonly map?: (event: AuditLogEvent) => HecEvent
  readonly onFact?: OnFact
}

async function deliverOverHec(delivery: HecDelivery): Promise<Delivered> {
  const { asana, collector, map = (event) => asanaHecEvent(event), onFact } = delivery
  const source = asanaSource({ ...asana, once: true })
  const sink = hecSink({ url: collector.origin, token: 'any', host: asana.workspace })
  onTestFinished(() => sink.close?.())
  const claim = await memoryState().claim('hec')
  const lane = await claim.lane('live', source.fingerprint)
  return await deliver({ source, map, sink, lane, onFatal: 'reject', onFact })
}

/** The events of `simulate`, as a source. */
function served({ url, workspace: gid }: Simulator): HecDelivery['asana'] {
  return { baseUrl: url, workspace: gid, token: 'simulator-token' }
}

testHec.each(formats)(
  'over HEC in the format %s, every hostile event arrives once and whole',
  async (_, map) => {
    // The receiver replaces half a surrogate pair by U+FFFD, and two of these gids would be equal.
    const events = hostileEvents(1_200).filter(({ gid }) => gid.isWellFormed())
    const { baseUrl } = await startAsana({ events: events.map(({ json }) => json) })
    const collector = await startCollector(splunkHec)

    const delivered = await deliverOverHec({ asana: { baseUrl, workspace, token }, collector, map })

    expect(delivered).toMatchObject({ delivered: events.length, quarantined: 0 })
    const byGid = new Map(events.map(({ gid, value }) => [gid, expectedHecLog(value, map, workspace)]))
    const arrived = collector.arrived()
    expect(new Set(arrived.map(hecGid))).toEqual(new Set(byGid.keys()))
    expect(arrived.length).toBe(events.length)
    for (const log of arrived) {
      const { timeMs, ...expected } = byGid.get(hecGid(log)) ?? {}
      const { timeUnixNano, ...rest } = log
      expect(rest).toEqual(expected)
      // The receiver reads times as floating point, and changes times outside of these years.
      if (timeMs && timeMs > 0 && timeMs < Date.UTC(2286, 0))
        expect(Math.round(Number(timeUnixNano) / 1e6)).toBe(timeMs)
    }
  },
)

testHec('over HEC, requests that are too large are halved until they fit', async () => {
  const { simulator } = await simulate({ events: 2_000 })
  const collector = await startCollector((endpoint) => splunkHec(endpoint, { max_request_body_size: 20_000 }))

  const delivered = await deliverOverHec({ asana: served(simulator), collector })

  expect(delivered).toMatchObject({ delivered: 2_000, quarantined: 0 })
  expect(collector.arrived().length).toBe(2_000)
  expect(new Set(collector.arrived().map(hecGid))).toEqual(new Set(simulator.events.map(({ gid }) => gid)))
})

testHec('over HEC, delivery waits while the memory limiter refuses, and everything arrives', async () => {
  const { simulator } = await simulate({ events: 2_000 })
  const collector = await startCollector((endpoint) => limitedTo(1, splunkHec(endpoint)))
  const codes: string[] = []
  const delivery = deliverOverHec({
    asana: served(simulator),
    collector,
    onFact: (fact) => {
      if (fact.type === 'retrying') codes.push(fact.code)
    },
  })
  // This receiver reports every fault behind it with the same code.
  await vi.waitFor(() => expect(codes).toContain('server_error'), patient)
  expect(collector.arrived()).toEqual([])

  await collector.reload(limitedTo(4_000, splunkHec(new URL(collector.origin).host)))

  expect(await delivery).toMatchObject({ delivered: 2_000, quarantined: 0 })
  expect(collector.arrived().length).toBe(2_000)
})

function hecGid({ attributes }: ArrivedLog): string {
  return String(attributes['asana_gid'] ?? attributes['asana.audit.gid'])
}
