import type { LaneSummary } from '@asana-audit/core'
import { factMeter, type PipelineMeter } from '@asana-audit/metrics'
import type { Settings } from '../config/read-settings.ts'
import type { Reporter } from '../progress/reporters/reporter.ts'
import { silent } from '../progress/reporters/silent-reporter.ts'
import { version } from '../version.ts'
import { findingsCounter } from './findings-counter.ts'
import { type MetricsText, metricsText } from './metrics-text.ts'
import { newRegistry, type Registry } from './registry.ts'

export interface RunMetrics {
  readonly reporter: Reporter
  readonly registry: Registry
  /** For `/metrics`. */
  readonly text: MetricsText
}

/** Every other command has one. */
const lanesOfRun = ['live', 'backlog']

/** `rows`: what `lanes()` of the state returns when nothing has been asked for yet. */
export function runMetrics(
  { pipelines, requestsPerMinute }: Pick<Settings, 'pipelines' | 'requestsPerMinute'>,
  rows: readonly LaneSummary[],
): RunMetrics {
  const registry = newRegistry()
  const meter = factMeter(registry, { version, requestsPerMinute })
  const findings = findingsCounter(registry)
  const meters = new Map<string, PipelineMeter>()
  const kinds = new Map<string, string>(pipelines.map(({ name, destination }) => [name, destination.kind]))
  const rowsOf = Map.groupBy(rows, ({ pipeline }) => pipeline)

  function of(pipeline: string): PipelineMeter {
    const known = meters.get(pipeline)
    if (!known) throw new Error(`The pipeline ${pipeline} has not begun.`)
    return known
  }

  function open(pipeline: string, destination: string, lanes: readonly string[]): void {
    meters.get(pipeline)?.close()
    kinds.set(pipeline, destination)
    meters.set(pipeline, meter.pipeline({ pipeline, destination, lanes, rows: rowsOf.get(pipeline) }))
  }

  const reporter: Reporter = {
    ...silent,
    started(lanes) {
      for (const { pipeline, lane } of lanes) {
        const destination = kinds.get(pipeline)
        if (destination === undefined) throw new Error(`There is no pipeline ${pipeline}.`)
        open(pipeline, destination, lane === 'live' ? lanesOfRun : [lane])
      }
    },
    begins(begun) {
      findings.begins(begun)
      const {
        name: pipeline,
        destination: { kind: destination },
      } = begun
      // After a change of settings that keeps the destination, its counters go on.
      if (kinds.get(pipeline) !== destination) open(pipeline, destination, lanesOfRun)
    },
    // As one that has stood by from the start.
    standsBy(pipeline) {
      const destination = kinds.get(pipeline)
      if (destination !== undefined) open(pipeline, destination, lanesOfRun)
    },
    fact: ({ pipeline, lane }, fact) => of(pipeline).fact(fact, lane),
    failed(_fault, pipeline) {
      if (pipeline !== undefined) of(pipeline).ended(true)
    },
    found: findings.found,
    reloaded(reload) {
      findings.reloaded(reload)
      for (const name of reload.removed) {
        meters.get(name)?.close()
        meters.delete(name)
        kinds.delete(name)
      }
    },
    finished(results) {
      for (const { pipeline, fault } of results) meters.get(pipeline)?.ended(fault !== undefined)
    },
  }
  return { reporter, registry, text: metricsText(registry) }
}
