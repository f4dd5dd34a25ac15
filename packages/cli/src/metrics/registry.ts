import { setImmediate as nextTurn } from 'node:timers/promises'
import type {
  Attributes,
  HistogramDetails,
  InstrumentDetails,
  MeterParts,
  ObservableCallback,
  ObservableResult,
} from '@asana-audit/metrics'

export interface Family {
  /** As in OpenTelemetry, with dots. */
  readonly name: string
  readonly kind: 'counter' | 'gauge' | 'histogram'
  /** UCUM. */
  readonly unit: string
  readonly description: string
}

/** What one series of a histogram has counted since the start. */
export interface HistogramPoint {
  /** Upper bounds, inclusive, ascending. */
  readonly bounds: readonly number[]
  /** One more than there are bounds: the last is above all of them. */
  readonly counts: readonly number[]
  readonly sum: number
}

/** Is told all series, family by family. */
export interface Visitor {
  family(family: Family): void
  number(value: number, attributes: Attributes): void
  histogram(point: HistogramPoint, attributes: Attributes): void
}

/** The parts of a Meter that `factMeter` uses, and a way to read them. It keeps nothing but histograms. */
export interface Registry extends MeterParts {
  /** Resolves when all was told. Other work gets its turn in between. */
  collect(visitor: Visitor): Promise<void>
}

/** After this many, other work gets its turn. */
const histogramsATurn = 50

export function newRegistry(): Registry {
  const families: [Family, (visitor: Visitor) => Promise<void>][] = []

  function observable(kind: 'counter' | 'gauge') {
    return (
      name: string,
      options: InstrumentDetails = {},
    ): { addCallback(callback: ObservableCallback): void } => {
      const callbacks = new Set<ObservableCallback>()
      families.push([
        familyOf(name, kind, options),
        async (visitor) => {
          const result: ObservableResult = {
            observe: (value, attributes = {}) => visitor.number(value, attributes),
          }
          for (const callback of callbacks) await callback(result)
        },
      ])
      return { addCallback: (callback) => void callbacks.add(callback) }
    }
  }

  return {
    createObservableCounter: observable('counter'),
    createObservableGauge: observable('gauge'),
    createHistogram(name, options: HistogramDetails = {}) {
      const series = newHistogramSeries(options.advice?.explicitBucketBoundaries ?? [])
      families.push([
        familyOf(name, 'histogram', options),
        async (visitor) => {
          let told = 0
          for (const [attributes, point] of series.all()) {
            visitor.histogram(point, attributes)
            told += 1
            if (told % histogramsATurn === 0) await nextTurn()
          }
        },
      ])
      return series
    },
    async collect(visitor) {
      for (const [family, tell] of families) {
        visitor.family(family)
        await tell(visitor)
      }
    },
  }
}

function familyOf(
  name: string,
  kind: Family['kind'],
  { unit = '', description = '' }: InstrumentDetails,
): Family {
  return { name, kind, unit, description }
}

interface HistogramSeries {
  record(value: number, attributes?: Attributes): void
  all(): Iterable<readonly [Attributes, HistogramPoint]>
}

function newHistogramSeries(bounds: readonly number[]): HistogramSeries {
  type Counting = { readonly bounds: readonly number[]; readonly counts: number[]; sum: number }
  const series = new Map<string, readonly [Attributes, Counting]>()
  return {
    record(value, attributes = {}) {
      const key = JSON.stringify(Object.entries(attributes))
      let found = series.get(key)
      if (!found) {
        found = [attributes, { bounds, counts: new Array<number>(bounds.length + 1).fill(0), sum: 0 }]
        series.set(key, found)
      }
      const [, point] = found
      const above = bounds.findIndex((bound) => value <= bound)
      const bucket = above === -1 ? bounds.length : above
      point.counts[bucket] = point.counts[bucket]! + 1
      point.sum += value
    },
    all: () => series.values(),
  }
}
