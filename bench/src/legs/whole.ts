import { asanaMarker } from '../asana/event-templates.ts'
import type { Case, Leg } from '../case.ts'
import { floorRow, identity, row, type Scale, sinksAloneRow } from './row.ts'

const json = { protocol: 'json' } as const
const protobuf = { protocol: 'protobuf' } as const
const flush = { flush: true } as const

/** From the first request to Asana to the last answer of the destination. */
export function wholeLegs(scale: Scale): Leg[] {
  const long = { ...scale, events: scale.quick ? scale.events : 2 * scale.events }
  return [overOtlp(long), gzipBothWays(long), overHec(long)]
}

/** In a round of two seconds, compiling is still a tenth of the CPU time; in a backlog of minutes it is nothing. */
function steady({ quick, events }: Scale): Pick<Case, 'events' | 'warmUp'> | undefined {
  return quick ? undefined : { events: 2 * events, warmUp: 100_000 }
}

function overOtlp(scale: Scale): Leg {
  const plain = { compression: 'none' } as const
  const one = (kind: Case['kind'], name: string, variant: string, options: Case['options']): Case =>
    row(scale, { kind, name, variant, options, asana: identity, ...steady(scale) })
  return {
    name: 'whole-otlp',
    title: 'Whole, to OTLP',
    about:
      'From the first request to Asana to the answer for the last event, nothing compressed. Ours runs as the command does: each event checked, the full record, and cursor, ids and ledger in SQLite on disk. The others check nothing and keep no state. "Our sink alone" is GET, `JSON.parse` and our sink, with nothing in between.',
    cases: [
      floorRow(scale, 'none', steady(scale)),
      sinksAloneRow(scale, 'none', { name: 'our sink alone', ...steady(scale) }),
      one('ours', 'ours, protobuf', 'whole-ours', { ...protobuf, ...plain }),
      one('ours', 'ours, JSON', 'whole-ours', { ...json, ...plain }),
      one('peer', 'asana SDK, stock SDK, JSON, a flush a page', 'whole-stock', { ...json, ...flush }),
      one('peer', 'asana SDK, stock SDK, protobuf, a flush a page', 'whole-stock', { ...protobuf, ...flush }),
      one('peer', 'asana SDK, stock SDK, JSON, as documented', 'whole-stock', { ...json }),
      one('peer', 'asana SDK, exporter called directly, protobuf', 'whole-exporter', { ...protobuf }),
    ],
  }
}

function gzipBothWays(scale: Scale): Leg {
  const gzip = { compression: 'gzip' } as const
  const one = (kind: Case['kind'], name: string, variant: string, options: Case['options']): Case =>
    row(scale, { kind, name, variant, options: { ...options, ...gzip } })
  return {
    name: 'whole-gzip',
    title: 'Whole, to OTLP, gzip both ways',
    about:
      'The same with gzip from Asana and to the receiver: the defaults of ours. The stock exporter compresses at level 6, ours and the floor at level 1.',
    cases: [
      floorRow(scale, 'gzip', { name: 'floor' }),
      one('ours', 'ours, protobuf', 'whole-ours', { ...protobuf }),
      one('ours', 'ours, JSON', 'whole-ours', { ...json }),
      one('peer', 'asana SDK, stock SDK, JSON, a flush a page', 'whole-stock', { ...json, ...flush }),
      one('peer', 'asana SDK, stock SDK, protobuf, a flush a page', 'whole-stock', { ...protobuf, ...flush }),
      one('peer', 'asana SDK, exporter called directly, protobuf', 'whole-exporter', { ...protobuf }),
    ],
  }
}

function overHec(scale: Scale): Leg {
  const receiver = { marker: asanaMarker }
  const hec = { to: 'hec' } as const
  const one = (name: string, options: Case['options'], more: Partial<Case>): Case =>
    row(scale, {
      name,
      kind: 'peer',
      variant: 'whole-splunk-logging',
      options,
      receiver,
      asana: identity,
      ...more,
    })
  return {
    name: 'whole-hec',
    title: 'Whole, to Splunk HEC',
    about: 'The same to Splunk, nothing compressed but where it says so.',
    cases: [
      floorRow(scale, 'none'),
      one('ours', { ...hec, compression: 'none' }, { kind: 'ours', variant: 'whole-ours' }),
      one('asana SDK, splunk-logging, batches of 1,000', { batch: 1000 }, {}),
      one(
        'asana SDK, splunk-logging, defaults',
        {},
        { events: 2_000, warmUp: 1_000, rounds: Math.min(3, scale.rounds) },
      ),
      one(
        'ours, gzip both ways',
        { ...hec, compression: 'gzip' },
        { kind: 'ours', variant: 'whole-ours', asana: {} },
      ),
    ],
  }
}
