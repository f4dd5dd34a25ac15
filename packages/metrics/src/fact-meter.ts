import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Fact, LaneSummary } from '@asana-audit/core'
import { type MetricDefinition, type MetricName, metricDefinitions } from './definitions.ts'
import { faultCodes } from './fault-codes.ts'
import { addToLane, newLaneNumbers } from './lane-numbers.ts'
import type { Attributes, MeterParts, ObservableResult } from './meter.ts'
import { type Observe, type ObservedLane, type ObservedPipeline, observations } from './observations.ts'
import { addToPipeline, newPipelineNumbers, statusOf } from './pipeline-numbers.ts'

export interface FactMeterOptions {
  /**
   * The version in `asana_audit.build.info`: of your program, or of the package you installed.
   * @default not reported
   */
  readonly version?: string | undefined
  /** Most requests a minute with one token, as given to `requestBudget`. */
  readonly requestsPerMinute?: number | undefined
  /**
   * Milliseconds since 1970, for tests.
   * @default the system's clock
   */
  readonly now?: (() => number) | undefined
}

export interface PipelineMeterOptions {
  /** The name of the pipeline, as given to `deliver`. */
  readonly pipeline: string
  /** The kind of destination. `otlp`, `splunk-hec`, `panther-http`, `archive`, `file` and `stdout` have counters for the codes of their faults from the start. */
  readonly destination: string
  /**
   * The lanes that get facts. Others are added when they have one.
   * @default ['live', 'backlog']
   */
  readonly lanes?: readonly string[] | undefined
  /** What `lanes()` of the state returns: times begin with what earlier runs saved. Rows of other pipelines are ignored. */
  readonly rows?: readonly LaneSummary[] | undefined
  /**
   * More attributes of all its series, such as a customer. Every value makes series of its own.
   * @default none
   */
  readonly attributes?: Attributes | undefined
  /** Codes of temporary faults of your own sink, to have counters at 0 from the start. */
  readonly retried?: readonly string[] | undefined
  /** Codes of faults of your own sink that put an event into the quarantine, for the same. */
  readonly quarantined?: readonly string[] | undefined
}

/** The series of one pipeline. */
export interface PipelineMeter {
  /** For `onFact`, of `deliver` and of `deliverLanes`. Without a lane: `live`. Never throws. */
  readonly fact: (fact: Fact, lane?: string) => void
  /** The pipeline has ended; with `hasFailed` for a fault. Its series stay. */
  ended(hasFailed?: boolean): void
  /** Its counters and gauges are observed no more. A Meter keeps histograms, and an SDK may repeat the last values of the others. */
  close(): void
}

export interface FactMeter {
  pipeline(options: PipelineMeterOptions): PipelineMeter
}

/**
 * Makes the instruments of `metricDefinitions` with your Meter, once for all pipelines. Counters and gauges are read off when your
 * reader collects, so a fact costs a few additions.
 */
export function factMeter(meter: MeterParts, options: FactMeterOptions = {}): FactMeter {
  const { now = Date.now } = options
  const pipelines = new Set<ObservedPipeline>()
  const histograms = makeHistograms(meter)
  observePipelines(meter, pipelines, now)
  observeProcess(meter, options)
  return {
    pipeline({ pipeline: name, destination, lanes: laneNames = ['live', 'backlog'], rows = [], ...given }) {
      const attributes = { ...given.attributes, pipeline: name, destination }
      const lanes = new Map<string, ObservedLane>()
      const laneOf = (lane: string): ObservedLane => {
        const known = lanes.get(lane)
        if (known) return known
        const row = rows.find((one) => one.pipeline === name && one.lane === lane)
        const made = {
          ...newLaneNumbers(row),
          attributes: { ...given.attributes, pipeline: name, lane, destination },
        }
        lanes.set(lane, made)
        return made
      }
      for (const lane of laneNames) laneOf(lane)
      const ofSink = codesOf(destination)
      const pipeline: ObservedPipeline = {
        ...newPipelineNumbers({
          retried: [...ofSink.retried, ...(given.retried ?? [])],
          quarantined: [...ofSink.quarantined, ...(given.quarantined ?? [])],
        }),
        attributes,
        lanes,
      }
      pipelines.add(pipeline)
      return {
        fact(fact, laneName = 'live') {
          const lane = laneOf(laneName)
          addToPipeline(pipeline, fact)
          addToLane(lane, fact, now())
          record(histograms, fact, lane.attributes, laneName, attributes)
        },
        ended(hasFailed = false) {
          pipeline.end = hasFailed ? 'failed' : 'ended'
        },
        close: () => void pipelines.delete(pipeline),
      }
    },
  }
}

/** Of the sinks of this project; a sink of your own has none. */
function codesOf(destination: string): { retried: readonly string[]; quarantined: readonly string[] } {
  const { http } = faultCodes
  switch (destination) {
    case 'otlp':
    case 'splunk-hec':
    case 'panther-http': {
      const { retried, quarantined } = faultCodes[destination]
      return { retried: [...retried, ...http.retried], quarantined }
    }
    case 'archive':
      return faultCodes.archive
    case 'file':
    case 'stdout':
      return faultCodes.jsonl
    default:
      return { retried: [], quarantined: [] }
  }
}

const histogramNames = ['lateDelay', 'deliveryDelay', 'requestDuration', 'writeDuration', 'ackWait'] as const
type Histograms = Readonly<Record<(typeof histogramNames)[number], ReturnType<MeterParts['createHistogram']>>>

function makeHistograms(meter: MeterParts): Histograms {
  const made = histogramNames.map((name) => {
    const { unit, description, buckets = [], name: full } = metricDefinitions[name]
    return [
      name,
      meter.createHistogram(full, { unit, description, advice: { explicitBucketBoundaries: [...buckets] } }),
    ]
  })
  return Object.fromEntries(made) as Histograms
}

function record(
  { lateDelay, deliveryDelay, requestDuration, writeDuration, ackWait }: Histograms,
  fact: Fact,
  ofLane: Attributes,
  lane: string,
  ofPipeline: Attributes,
): void {
  if (fact.type === 'write_accepted') {
    writeDuration.record(fact.ms / 1_000, ofLane)
    if (lane === 'live') for (const ms of fact.delaysMs) deliveryDelay.record(ms / 1_000, ofLane)
  } else if (fact.type === 'requested') {
    requestDuration.record(fact.ms / 1_000, { ...ofPipeline, status: statusOf(fact) })
  } else if (fact.type === 'acknowledged') ackWait.record(fact.ms / 1_000, ofPipeline)
  else if (fact.type === 'late') lateDelay.record(Math.max(0, fact.delayMs) / 1_000, ofLane)
}

/** After this many series, other work gets its turn. */
const seriesATurn = 500

function observePipelines(
  meter: MeterParts,
  pipelines: ReadonlySet<ObservedPipeline>,
  now: () => number,
): void {
  for (const [name, observation] of Object.entries(observations)) {
    const definition = metricDefinitions[name as MetricName]
    instrument(meter, definition).addCallback(async (result: ObservableResult) => {
      let series = 0
      const observe: Observe = (value, attributes) => {
        if (value === undefined) return
        series += 1
        result.observe(value, attributes)
      }
      for (const pipeline of pipelines) {
        observation(pipeline, observe, now())
        if (series < seriesATurn) continue
        series = 0
        await nextTurn()
      }
    })
  }
}

function observeProcess(meter: MeterParts, { version, requestsPerMinute }: FactMeterOptions): void {
  const { buildInfo, budgetLimit } = metricDefinitions
  const node = process.versions.node
  const build = { ...(version !== undefined && { version }), node }
  instrument(meter, buildInfo).addCallback((result) => result.observe(1, build))
  if (requestsPerMinute === undefined) return
  instrument(meter, budgetLimit).addCallback((result) => result.observe(requestsPerMinute, {}))
}

function instrument(
  meter: MeterParts,
  { kind, name, unit, description }: MetricDefinition,
): ReturnType<MeterParts['createObservableGauge']> {
  const options = { unit, description }
  return kind === 'counter'
    ? meter.createObservableCounter(name, options)
    : meter.createObservableGauge(name, options)
}
