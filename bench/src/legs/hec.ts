import { asanaMarker } from '../asana/event-templates.ts'
import type { Case, Leg } from '../case.ts'
import { floorRow, row, type Scale, zippedFloor } from './row.ts'

/** From parsed events to the answer of Splunk's HTTP Event Collector. */
export function hecLeg(scale: Scale): Leg {
  const receiver = { marker: asanaMarker }
  const local = { ...scale, events: (scale.events * 2) / 5 }
  const ours = (name: string, options: Case['options'], more: Partial<Case> = {}): Case =>
    row(local, { name: `ours, ${name}`, variant: 'hec-ours', kind: 'ours', options, receiver, ...more })
  const peer = (name: string, options: Case['options'], more: Partial<Case> = {}): Case =>
    row(local, {
      name: `splunk-logging, ${name}`,
      variant: 'hec-splunk-logging',
      kind: 'peer',
      options,
      receiver,
      ...more,
    })
  const far = {
    receiver: { ...receiver, latencyMs: 100 },
    // Eight at once, eight times: with fewer pages, the first and the last would decide the figure.
    events: scale.quick ? 8_000 : 64_000,
    rounds: scale.quick ? 1 : 3,
  }
  const plain = { compression: 'none' } as const
  const gzip = { compression: 'gzip' } as const
  return {
    name: 'hec',
    title: 'Splunk HEC: encode and send',
    about:
      'From parsed events to the answer for the last one. `splunk-logging` sends one event a request by default; at its best it queues 1,000, flushes, and keeps its connections alive. It has no compression and no indexed fields, which ours sends with each event.',
    cases: [
      floorRow(scale, 'none'),
      floorRow(scale, 'gzip'),
      ours('plain', plain),
      ours('plain, 8 in flight', { ...plain, inFlight: 8 }),
      ours('gzip', gzip, { floor: zippedFloor }),
      ours('gzip, 8 in flight', { ...gzip, inFlight: 8 }, { floor: zippedFloor }),
      peer('batches of 1,000', { batch: 1000 }),
      peer('batches of 1,000, 8 at once', { batch: 1000, inFlight: 8 }),
      peer('defaults', {}, { events: 2_000, warmUp: 1_000, rounds: Math.min(3, scale.rounds) }),
      ours('plain, 100 ms', plain, far),
      ours('plain, 8 in flight, 100 ms', { ...plain, inFlight: 8 }, far),
      peer('batches of 1,000, 100 ms', { batch: 1000 }, far),
      peer('batches of 1,000, 8 at once, 100 ms', { batch: 1000, inFlight: 8 }, far),
    ],
  }
}
