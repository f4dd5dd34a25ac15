import type { Case, Leg } from '../case.ts'
import { floorRow, row, type Scale, unlessQuick, zippedFloor } from './row.ts'

/** From parsed events to the answer of an OTLP receiver. */
export function otlpLeg(scale: Scale): Leg {
  const local = { ...scale, events: (scale.events * 2) / 5 }
  const ours = (name: string, options: Case['options'], more: Partial<Case> = {}): Case =>
    row(local, { name: `ours, ${name}`, variant: 'otlp-ours', kind: 'ours', options, ...more })
  const stock = (name: string, options: Case['options'], more: Partial<Case> = {}): Case =>
    row(local, { name: `stock SDK, ${name}`, variant: 'otlp-stock', kind: 'peer', options, ...more })
  const exporter = (name: string, options: Case['options'], more: Partial<Case> = {}): Case =>
    row(local, {
      name: `exporter called directly, ${name}`,
      variant: 'otlp-exporter',
      kind: 'peer',
      options,
      ...more,
    })

  const plain = { compression: 'none' } as const
  const gzip = { compression: 'gzip' } as const
  const json = { protocol: 'json' } as const
  const protobuf = { protocol: 'protobuf' } as const
  const flush = { flush: true } as const
  const zipped = { floor: zippedFloor }
  const far = {
    receiver: { latencyMs: 100 },
    // Eight at once, eight times: with fewer pages, the first and the last would decide the figure.
    events: scale.quick ? 8_000 : 64_000,
    rounds: scale.quick ? 1 : 3,
  }
  return {
    name: 'otlp',
    title: 'OTLP: encode and send',
    about:
      'From parsed events to the answer for the last one: mapping to the full record included, reading not. "As documented" emits and lets the batch processor work; "a flush a page" waits for `forceFlush()` after every 1,000 events, the kindest way to keep its queue from overflowing.',
    cases: [
      floorRow(scale, 'none'),
      floorRow(scale, 'gzip'),
      ours('protobuf', { ...protobuf, ...plain }),
      ...unlessQuick(scale, [
        ours('protobuf, 2 in flight', { ...protobuf, ...plain, inFlight: 2 }),
        ours('protobuf, 4 in flight', { ...protobuf, ...plain, inFlight: 4 }),
      ]),
      ours('protobuf, 8 in flight', { ...protobuf, ...plain, inFlight: 8 }),
      ours('JSON', { ...json, ...plain }),
      stock('JSON, as documented', { ...json }),
      stock('protobuf, as documented', { ...protobuf }),
      stock('JSON, a flush a page', { ...json, ...flush }),
      stock('protobuf, a flush a page', { ...protobuf, ...flush }),
      stock('protobuf, a flush a page, batches of 1,000', { ...protobuf, ...flush, batch: 1000 }),
      exporter('JSON', { ...json }),
      exporter('protobuf', { ...protobuf }),
      ours('protobuf, gzip', { ...protobuf, ...gzip }, zipped),
      ours('protobuf, gzip, 8 in flight', { ...protobuf, ...gzip, inFlight: 8 }, zipped),
      ours('JSON, gzip', { ...json, ...gzip }, zipped),
      stock('JSON, gzip, a flush a page', { ...json, ...gzip, ...flush }, zipped),
      stock('protobuf, gzip, a flush a page', { ...protobuf, ...gzip, ...flush }, zipped),
      exporter('protobuf, gzip', { ...protobuf, ...gzip }, zipped),
      ours('protobuf, 100 ms', { ...protobuf, ...plain }, far),
      ours('protobuf, 8 in flight, 100 ms', { ...protobuf, ...plain, inFlight: 8 }, far),
      stock('JSON, a flush a page, 100 ms', { ...json, ...flush }, far),
      stock('protobuf, a flush a page, 100 ms', { ...protobuf, ...flush }, far),
      exporter('protobuf, 8 in flight, 100 ms', { ...protobuf, inFlight: 8 }, far),
    ],
  }
}
