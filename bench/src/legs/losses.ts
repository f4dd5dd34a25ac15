import { asanaMarker } from '../asana/event-templates.ts'
import type { Case, Leg } from '../case.ts'
import { row, type Scale } from './row.ts'

/** Longer than the stock exporter retries. */
const outageMs = 20_000
const quickOutageMs = 12_000

/** Events that are lost if the destination has faults. */
export function lossesLeg(scale: Scale): Leg {
  const refuseEvery = 5_000
  const days: Record<string, Case['receiver']> = {
    slow: { latencyMs: scale.quick ? 100 : 250 },
    '503 for a while': { outageMs: scale.quick ? quickOutageMs : outageMs },
    '400 for a bad event': { refuseEvery, refusal: 'whole' },
    'partial success': { refuseEvery, refusal: 'partial' },
  }
  return {
    name: 'losses',
    title: 'Lost on a bad day',
    about:
      'A whole run each, to a destination that takes 250 ms to answer; one that answers 503 for 20 seconds; one that refuses each request with a bad event in it, one event in 5,000; and one that takes such a request but for the bad event, and says how many it refused. Counted at the receiver: lost is what neither arrived nor lies in the quarantine with its reason. Every pipeline here ends by itself and reports no failure.',
    cases: Object.entries(days).flatMap(([day, receiver]) => pipelinesOf(scale, day, receiver)),
  }
}

function pipelinesOf(scale: Scale, day: string, receiver: Case['receiver']): Case[] {
  const events = scale.quick ? 10_000 : 20_000
  const one = (kind: Case['kind'], name: string, variant: string, more: Partial<Case>): Case =>
    row(scale, {
      ...{ kind, variant, rounds: 1, events, warmUp: 1_000, timeoutMs: 300_000, ...more },
      name: `${day}: ${name}`,
      receiver: { ...receiver, ...more.receiver },
    })
  const json = { protocol: 'json' } as const
  const batches = { batch: 1000 }
  const hec = { receiver: { marker: asanaMarker } }
  const isOutage = receiver.outageMs !== undefined
  // While the destination is down, each page takes as long as the exporter retries.
  const few = isOutage ? { events: 4_000 } : {}
  const [ours, stock, flushed] = [
    one('ours', 'ours, OTLP', 'whole-ours', {}),
    one('peer', 'asana SDK, stock SDK, as documented', 'whole-stock', { options: json }),
    one('peer', 'asana SDK, stock SDK, a flush a page', 'whole-stock', {
      options: { ...json, flush: true },
      ...few,
    }),
  ]
  const [oursToHec, splunk] = [
    one('ours', 'ours, HEC', 'whole-ours', { options: { to: 'hec' }, ...hec }),
    one('peer', 'asana SDK, splunk-logging, batches of 1,000', 'whole-splunk-logging', {
      ...{ options: batches, ...hec },
    }),
  ]
  if (receiver.refusal === 'partial') return [ours, stock, flushed]
  if (scale.quick && isOutage) return [ours, stock, splunk]
  return [ours, stock, flushed, oursToHec, splunk]
}
