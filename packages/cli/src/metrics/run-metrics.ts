import type { LaneSummary } from '@asana-audit/core'
import { factMeter, type PipelineMeter } from '@asana-audit/metrics'
import type { Settings } from '../config/read-settings.ts'
import type { LaneRef, Reporter } from '../progress/reporter.ts'
import { silent } from '../progress/silent-reporter.ts'
import { version } from '../version.ts'
import { type MetricsText, metricsText } from './metrics-text.ts'
import { newRegistry, type Registry } from './registry.ts'

/** The metrics of a run. */
export interface RunMetrics {
  readonly reporter: Reporter
  readonly registry: Registry
  /** For `/metrics`. */
  readonly text: MetricsText
}

/** `rows`: what `lanes()` of the state returns when nothing has been asked for yet. */
export function runMetrics(
  { pipelines, requestsPerMinute }: Pick<Settings, 'pipelines' | 'requestsPerMinute'>,
  rows: readonly LaneSummary[],
): RunMetrics {
  const registry = newRegistry()
  const meter = factMeter(registry, { version, requestsPerMinute })
  const meters = new Map<string, PipelineMeter>()
  const kinds = new Map(pipelines.map(({ name, destination }) => [name, destination.kind]))

  function of(pipeline: string): PipelineMeter {
    const meterOf = meters.get(pipeline)
    if (!meterOf) throw new Error(`There is no pipeline ${pipeline}.`)
    return meterOf
  }

  const reporter: Reporter = {
    ...silent,
    started(lanes) {
      const rowsOf = Map.groupBy(rows, ({ pipeline }) => pipeline)
      for (const { pipeline, lane } of lanes) {
        const destination = kinds.get(pipeline)
        if (destination === undefined) throw new Error(`There is no pipeline ${pipeline}.`)
        const named = {
          pipeline,
          destination,
          lanes: lanesOf({ pipeline, lane }),
          rows: rowsOf.get(pipeline),
        }
        meters.set(pipeline, meter.pipeline(named))
      }
    },
    fact: ({ pipeline, lane }, fact) => of(pipeline).fact(fact, lane),
    failed(_fault, pipeline) {
      if (pipeline !== undefined) of(pipeline).ended(true)
    },
    finished(results) {
      for (const { pipeline, fault } of results) of(pipeline).ended(fault !== undefined)
    },
  }
  return { reporter, registry, text: metricsText(registry) }
}

/** `run` has two lanes, every other command one. */
function lanesOf({ lane }: LaneRef): readonly string[] {
  return lane === 'live' ? ['live', 'backlog'] : [lane]
}
