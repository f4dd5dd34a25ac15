import type { Attributes } from '@asana-audit/metrics'
import type { KeyValue, MetricsRequest, OtlpMetric, Temporality } from '@asana-audit/otlp/metrics'
import type { TemporalityPreference } from '../config/monitoring/metrics-export.ts'
import { version } from '../version.ts'
import type { Family, HistogramPoint, Registry } from './registry.ts'

/** What an export needs to know of the one before: the values that a receiver has. Only those that are sent as differences. */
export type SentValues = Map<string, number | HistogramPoint>

interface Collecting {
  /** Nanoseconds since 1970, as digits: of the start of the process, of the last export that arrived, and of now. */
  readonly startedAt: string
  readonly lastAt: string
  readonly now: string
  readonly temporality: TemporalityPreference
  readonly resource: Readonly<Record<string, string>>
  readonly sent: SentValues
  /** Is given each request with its values, once it is full. */
  readonly put: (request: MetricsRequest, values: SentValues) => void
}

/** A request stays below a few hundred kilobytes, which every receiver takes. */
const pointsARequest = 2_000

/** All series as requests, in the order of the registry. */
export async function otlpRequests(registry: Registry, collecting: Collecting): Promise<void> {
  const { resource, put } = collecting
  let points = 0
  let metrics: OtlpMetric[] = []
  let values: SentValues = new Map()
  let family: Family | undefined
  let current: Points = { numbers: [], histograms: [] }

  function endFamily(): void {
    if (family && current.numbers.length + current.histograms.length > 0)
      metrics.push(metricOf(family, current, temporalityOf(family, collecting.temporality)))
    current = { numbers: [], histograms: [] }
  }

  function endRequest(): void {
    endFamily()
    if (metrics.length > 0) put(requestOf(resource, metrics), values)
    ;[points, metrics, values] = [0, [], new Map()]
  }

  function added(): void {
    points += 1
    if (points >= pointsARequest) endRequest()
  }

  await registry.collect({
    family(next) {
      endFamily()
      family = next
    },
    number(value, attributes) {
      const [since, before] = sinceLast(family!, attributes, value, collecting, values)
      current.numbers.push({
        ...{ attributes: keyValues(attributes), ...(since && { startTimeUnixNano: since }) },
        ...{ timeUnixNano: collecting.now, asDouble: value - (typeof before === 'number' ? before : 0) },
      })
      added()
    },
    histogram(point, attributes) {
      const copy = { ...point, counts: [...point.counts] }
      const [since, before] = sinceLast(family!, attributes, copy, collecting, values)
      const earlier = typeof before === 'object' ? before : undefined
      const counts = copy.counts.map((count, index) => count - (earlier ? earlier.counts[index]! : 0))
      current.histograms.push({
        ...{ attributes: keyValues(attributes), ...(since && { startTimeUnixNano: since }) },
        timeUnixNano: collecting.now,
        count: String(counts.reduce((sum, count) => sum + count, 0)),
        sum: copy.sum - (earlier ? earlier.sum : 0),
        bucketCounts: counts.map(String),
        explicitBounds: copy.bounds,
      })
      added()
    },
  })
  endRequest()
}

/** When the counting of a series began, and what it had then. A gauge has no beginning. */
function sinceLast<V extends number | HistogramPoint>(
  family: Family,
  attributes: Attributes,
  value: V,
  { startedAt, lastAt, temporality, sent }: Collecting,
  values: SentValues,
): readonly [since: string | undefined, before: number | HistogramPoint | undefined] {
  if (family.kind === 'gauge') return [undefined, undefined]
  if (temporalityOf(family, temporality) === 2) return [startedAt, undefined]
  const key = `${family.name} ${JSON.stringify(Object.values(attributes))}`
  values.set(key, value)
  return [lastAt, sent.get(key)]
}

/** https://opentelemetry.io/docs/specs/otel/metrics/sdk_exporters/otlp/: our counters are asynchronous, so `lowmemory` keeps them. */
function temporalityOf({ kind }: Family, preference: TemporalityPreference): Temporality {
  return preference === 'delta' || (preference === 'lowmemory' && kind === 'histogram') ? 1 : 2
}

interface Points {
  readonly numbers: NonNullable<OtlpMetric['gauge']>['dataPoints'][number][]
  readonly histograms: NonNullable<OtlpMetric['histogram']>['dataPoints'][number][]
}

function metricOf(
  { name, description, unit, kind }: Family,
  { numbers, histograms }: Points,
  aggregationTemporality: Temporality,
): OtlpMetric {
  const head = { name, description, unit }
  if (kind === 'gauge') return { ...head, gauge: { dataPoints: numbers } }
  if (kind === 'histogram') return { ...head, histogram: { dataPoints: histograms, aggregationTemporality } }
  return { ...head, sum: { dataPoints: numbers, aggregationTemporality, isMonotonic: true } }
}

function requestOf(
  resource: Readonly<Record<string, string>>,
  metrics: readonly OtlpMetric[],
): MetricsRequest {
  const scopeMetrics = [{ scope: { name: '@asana-audit/metrics', version }, metrics }]
  return { resourceMetrics: [{ resource: { attributes: keyValues(resource) }, scopeMetrics }] }
}

function keyValues(attributes: Attributes): KeyValue[] {
  return Object.entries(attributes).map(([key, stringValue]) => ({ key, value: { stringValue } }))
}
