import type { LegSummary, RowSummary } from '../summary.ts'
import { atMost, type Mark, mark, percent, ratio } from './mark.ts'
import { number } from './number.ts'

type Find = (leg: string, row: string) => RowSummary | undefined

const quotaPerSecond = 25_000

/** The goals for the pipeline, beside what was measured. */
export function marks(legs: readonly LegSummary[]): Mark[] {
  const find: Find = (leg, row) =>
    legs.find(({ name }) => name === leg)?.rows.find(({ name }) => name === row)
  const rate = (leg: string, row: string): number => find(leg, row)?.eventsPerSecond ?? Number.NaN
  const faster = (leg: string, row: string, peer: string): number => rate(leg, row) / rate(leg, peer)

  const quota = find('backfill', 'ours, 8 windows, quota')
  const sdk = 'asana SDK, stock SDK'
  return [
    mark(
      'A million events, 200 ms, quota of 1,500 a minute, in order',
      '4 × the SDK; 80 % of the quota; no 429',
      '4.6 ×; 92 %',
      [
        ratio(faster('backfill', 'ours, 8 windows, quota', 'asana SDK'), 4, 4.6),
        percent((rate('backfill', 'ours, 8 windows, quota') / quotaPerSecond) * 100, 80, 92),
        atMost('429s', quota?.refused, 0, 0),
      ],
    ),
    mark('The same without quota, 8 and 16 windows', '5.5 ×; 9 ×', '6.6 ×; 12 ×', [
      ratio(faster('backfill', 'ours, 8 windows', 'asana SDK'), 5.5, 6.6),
      ratio(faster('backfill', 'ours, 16 windows', 'asana SDK'), 9, 12),
    ]),
    mark('Skewed density, 8 windows, 200 ms', '4.2 ×', '5.2 ×', [
      ratio(faster('backfill', 'ours, 8 windows, skewed', 'asana SDK'), 4.2, 5.2),
    ]),
    mark('Whole to OTLP against stock JSON, stock protobuf', '2.5 ×; 2.1 ×', '3 ×; 2.5 ×', [
      ratio(faster('whole-otlp', 'ours, protobuf', `${sdk}, JSON, a flush a page`), 2.5, 3),
      ratio(faster('whole-otlp', 'ours, protobuf', `${sdk}, protobuf, a flush a page`), 2.1, 2.5),
    ]),
    mark('Whole to OTLP, CPU an event against the floor', '1.6 ×', '1.1 ×', [
      { ...ratio(cpuOf(find, 'ours, protobuf') / cpuOf(find, 'floor'), 1.6, 1.1), lessIsBetter: true },
    ]),
    mark('Whole to OTLP, gzip both ways, against stock the same', '2.8 ×', '3.4 ×', [
      ratio(faster('whole-gzip', 'ours, protobuf', `${sdk}, JSON, a flush a page`), 2.8, 3.4),
    ]),
    mark(
      'Encode and send, protobuf, eight at once as `deliver` does, against stock JSON; one at a time against the exporter called directly',
      '3.5 ×; 2 ×',
      '4.5 ×; 2.4 ×',
      [
        ratio(faster('otlp', 'ours, protobuf, 8 in flight', 'stock SDK, JSON, a flush a page'), 3.5, 4.5),
        ratio(faster('otlp', 'ours, protobuf', 'exporter called directly, protobuf'), 2, 2.4),
      ],
    ),
    mark('OTLP at 100 ms against stock', '8 ×', '14 ×', [
      ratio(
        faster('otlp', 'ours, protobuf, 8 in flight, 100 ms', 'stock SDK, JSON, a flush a page, 100 ms'),
        8,
        14,
      ),
    ]),
    mark('Whole to HEC against splunk-logging in batches; at its defaults', '1.6 ×; 100 ×', '2.3 ×; 180 ×', [
      ratio(faster('whole-hec', 'ours', 'asana SDK, splunk-logging, batches of 1,000'), 1.6, 2.3),
      ratio(faster('whole-hec', 'ours', 'asana SDK, splunk-logging, defaults'), 100, 180),
    ]),
    mark('HEC at 100 ms against splunk-logging in batches', '6 ×', '8 ×', [
      ratio(
        faster('hec', 'ours, plain, 8 in flight, 100 ms', 'splunk-logging, batches of 1,000, 100 ms'),
        6,
        8,
      ),
    ]),
    mark('Page fetch with gzip against the asana SDK', '1.7 ×', '1.9 ×', [
      ratio(faster('fetch', 'ours, one operation, gzip', 'asana SDK, gzip'), 1.7, 1.9),
    ]),
    memory(find),
    losses(legs),
  ]
}

function cpuOf(find: Find, row: string): number {
  return find('whole-otlp', row)?.cpu?.median ?? Number.NaN
}

function memory(find: Find): Mark {
  const ours = find('memory', 'ours')
  const stock = find('memory', 'asana SDK, stock SDK, JSON, a flush a page')
  const [first = Number.NaN, last = Number.NaN] = ours?.heapMb ?? []
  const heavy = find('memory', 'ours, events of 2 kB, 96 MB of old space')
  const small = find('memory', 'ours, small heap')?.peakMb
  const over = (ours?.peakMb ?? Number.NaN) - (stock?.peakMb ?? Number.NaN)
  return mark(
    'Memory of a long run',
    'live heap grows under 2 MB; peak not above stock; 2 kB events complete under 96 MB of old space',
    '150 MB with small-heap flags',
    [
      { ...atMost('MB more heap', Number((last - first).toFixed(2)), 2, 2) },
      { ...atMost('MB above stock', Number.isNaN(over) ? undefined : over, 0, 0) },
      {
        text: heavy?.wall ? '2 kB: complete' : '2 kB: not complete',
        value: heavy && (heavy.wall ? 1 : 0),
        must: 1,
        aim: 1,
      },
      { ...atMost('MB with a small heap', small, Number.POSITIVE_INFINITY, 150) },
    ],
  )
}

function losses(legs: readonly LegSummary[]): Mark {
  const rows = legs.find(({ name }) => name === 'losses')?.rows ?? []
  const ours = rows.filter(({ kind }) => kind === 'ours')
  const lost = ours.map(({ lost: count, wall }) => (wall ? (count ?? 0) : Number.NaN))
  const peers = rows.flatMap(({ kind, lost: count, events }) =>
    kind === 'peer' && count !== undefined ? [(count / events) * 100] : [],
  )
  const most = peers.length > 0 ? `; the others up to ${number(Math.max(...peers))} %` : ''
  const worst = ours.length > 0 ? Math.max(...lost) : undefined
  const figure = atMost(`lost${most}`, worst, 0, 0)
  return mark('Events lost on a bad day of the destination', '0', '0', [figure])
}
