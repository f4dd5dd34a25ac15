import { factTracer, type PipelineTracer } from '@asana-audit/metrics'
import type { TracesExport } from '../config/monitoring/traces-export.ts'
import type { Settings } from '../config/read-settings.ts'
import type { Observer } from '../progress/reporters/observer.ts'
import { silent } from '../progress/reporters/silent-reporter.ts'
import type { Warning } from '../terminal/problem.ts'
import { ownTracer } from './own-tracer.ts'
import { spanExport } from './span-export.ts'

/** Sends what happens in each pipeline as spans. */
export function tracesObserver(
  settings: TracesExport,
  { pipelines, resource }: Pick<Settings, 'pipelines' | 'resource'>,
  onWarning: (warning: Warning) => void,
): Observer {
  const spans = spanExport(settings, resource, onWarning)
  const tracer = factTracer(ownTracer(settings.ratio, spans.put), { contextOf: (span) => span })
  const tracers = new Map<string, PipelineTracer>()

  function begin(pipeline: string, destination: string): void {
    tracers.get(pipeline)?.ended()
    tracers.set(pipeline, tracer.pipeline({ pipeline, destination }))
  }

  for (const { name, destination } of pipelines) begin(name, destination.kind)
  return {
    ...silent,
    begins: ({ name, destination }) => begin(name, destination.kind),
    fact: ({ pipeline, lane }, fact) => tracers.get(pipeline)?.fact(fact, lane),
    failed(_fault, pipeline) {
      if (pipeline !== undefined) tracers.get(pipeline)?.ended(true)
    },
    reloaded({ removed }) {
      for (const name of removed) {
        tracers.get(name)?.ended()
        tracers.delete(name)
      }
    },
    finished(results) {
      for (const { pipeline, fault } of results) tracers.get(pipeline)?.ended(fault !== undefined)
    },
    close: spans.close,
  }
}
