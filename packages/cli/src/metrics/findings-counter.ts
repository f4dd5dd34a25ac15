import type { Level } from '@asana-audit/detections'
import type { MeterParts, MetricDefinition } from '@asana-audit/metrics'
import type { Reporter } from '../progress/reporters/reporter.ts'

export const findingsDefinition: MetricDefinition = {
  ...{ name: 'asana_audit.findings', kind: 'counter', unit: '{finding}' },
  attributes: ['pipeline', 'level'],
  description: 'Findings of rules, each once, by the level of the rule. Only of pipelines with `detect`.',
}

/** Written out, so that a run without rules does not load them. */
const zeros: Readonly<Record<Level, number>> = { informational: 0, low: 0, medium: 0, high: 0, critical: 0 }

/** Counts the findings of each pipeline that has rules. Every level exists at 0 from its beginning. */
export function findingsCounter(
  meter: MeterParts,
): Required<Pick<Reporter, 'begins' | 'found' | 'reloaded'>> {
  const counts = new Map<string, Record<Level, number>>()
  const { name, unit, description } = findingsDefinition
  meter.createObservableCounter(name, { unit, description }).addCallback((result) => {
    for (const [pipeline, ofLevel] of counts)
      for (const [level, count] of Object.entries(ofLevel)) result.observe(count, { pipeline, level })
  })

  function countsOf(pipeline: string): Record<Level, number> {
    const known = counts.get(pipeline)
    if (!known) throw new Error(`The pipeline ${pipeline} has no rules.`)
    return known
  }

  return {
    begins({ name: pipeline, detect }) {
      if (!detect) counts.delete(pipeline)
      // After a change of settings its counters go on.
      else if (!counts.has(pipeline)) counts.set(pipeline, { ...zeros })
    },
    found(pipeline, { rule: { level } }) {
      countsOf(pipeline)[level] += 1
    },
    reloaded({ removed }) {
      for (const pipeline of removed) counts.delete(pipeline)
    },
  }
}
