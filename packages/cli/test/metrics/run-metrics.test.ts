import { readFileSync } from 'node:fs'
import type { Fact } from '@asana-audit/core'
import { levels } from '@asana-audit/detections'
import { expect, test } from 'vitest'
import { generatedMetrics } from '../../../../scripts/generate/metrics.ts'
import { alarmGauge } from '../../src/alarm/alarm-gauge.ts'
import type { PipelineSettings } from '../../src/config/pipeline/pipeline-settings.ts'
import { prometheusText } from '../../src/metrics/prometheus-text.ts'
import { type RunMetrics, runMetrics } from '../../src/metrics/run-metrics.ts'
import type { Finding } from '../../src/progress/finding/finding.ts'

const page = new URL('../../../../docs/metrics.md', import.meta.url)

function metricsOf(...names: readonly string[]): RunMetrics {
  const pipelines = names.map((name) => ({ name, destination: { kind: 'otlp' } }) as PipelineSettings)
  const metrics = runMetrics({ pipelines, requestsPerMinute: 1_200 }, [])
  metrics.reporter.started(
    names.map((pipeline) => ({ pipeline, lane: 'live' })),
    'state.db',
  )
  return metrics
}

const range = { from: '2026-10-01T00:00:00Z', until: '2026-10-03T00:00:00Z', upTo: '2026-10-02T00:00:00Z' }
/** One of each fact that a metric needs. */
const facts: Fact[] = [
  { type: 'page_read', events: 1, malformed: 0, bytes: 1, ms: 1, newestAt: undefined },
  { type: 'requested', status: 200, ms: 1, waitedMs: 0 },
  { type: 'write_accepted', records: 1, ms: 1, delaysMs: [1] },
  { type: 'late', id: '1', delayMs: 1 },
  { type: 'covered', ...range, limitedBy: 'quota' },
  { type: 'acknowledged', ms: 1 },
  { type: 'committed', unsaved: 0, events: 1, ms: 1, newestAt: range.from, ageMs: 1, deletedInMs: 1 },
  { type: 'paused', part: 'sink', code: 'unauthorized', message: '', waitMs: 1 },
]

const withRules = {
  ...{ name: 'p', destination: { kind: 'otlp' }, detect: { rules: [], level: 'low' } },
} as unknown as PipelineSettings

async function lines(metrics: RunMetrics): Promise<string[]> {
  return (await metrics.text(undefined)).body.toString().split('\n')
}

/** The name, unit and kind of a metric, as Prometheus has them. */
const inPrometheus = (name: string, kind: string, unit: string): string => {
  const suffix = { s: '_seconds', By: '_bytes', '1': '_ratio' }[unit] ?? ''
  return `# TYPE ${name.replaceAll('.', '_')}${suffix}${kind === 'counter' ? '_total' : ''} ${kind}`
}

test('the page of metrics lists what is exported: its name, kind, unit and labels', async () => {
  const metrics = metricsOf('p')
  for (const fact of facts) metrics.reporter.fact({ pipeline: 'p', lane: 'live' }, fact)
  const alarm = { pipeline: 'p', kind: 'drop_off', state: 'OK', since: 0, message: '' } as const
  alarmGauge(metrics.registry, () => [alarm])
  metrics.reporter.begins?.(withRules)
  const exported = await lines(metrics)
  const rows = readFileSync(page, 'utf8').matchAll(
    /^\| `(asana_audit\.[\w.]+)` *\| (\w+) *\| `(\S+)` *\| (.*?) *\|/gm,
  )
  const listed = [...rows].map(([, name = '', kind = '', unit = '', attributes = '']) => ({
    type: inPrometheus(name, kind, unit),
    labels: [...attributes.matchAll(/`(\w+)`/g)].map(([, label]) => label),
  }))
  expect(exported.filter((line) => line.startsWith('# TYPE ')).toSorted()).toEqual(
    listed.map(({ type }) => type).toSorted(),
  )
  for (const { type, labels } of listed) {
    const series = exported[exported.indexOf(type) + 1]!
    const found = [...series.matchAll(/(\w+)="/g)].map(([, label]) => label).filter((label) => label !== 'le')
    expect(found, type).toEqual(labels)
  }
})

test('the page and the table of codes are as generated: else run `pnpm generate:metrics`', () => {
  for (const [path, text] of generatedMetrics()) {
    expect(readFileSync(new URL(`../../../../${path}`, import.meta.url), 'utf8'), path).toBe(text)
  }
})

test('a pipeline that ends with a fault has failed, and the others go on', async () => {
  const metrics = metricsOf('p', 'q')
  for (const pipeline of ['p', 'q']) metrics.reporter.fact({ pipeline, lane: 'live' }, facts[0]!)
  const error = Object.assign(new Error('no'), { fault: 'fatal' as const, code: 'forbidden' })
  metrics.reporter.failed(error, 'p')
  const states = (await lines(metrics)).filter((line) => /^asana_audit_pipeline_state.* 1$/.test(line))
  expect(states).toEqual([
    'asana_audit_pipeline_state{pipeline="p",destination="otlp",state="failed"} 1',
    'asana_audit_pipeline_state{pipeline="q",destination="otlp",state="running"} 1',
  ])
})

test('a pipeline that another process has taken over is starting, until it begins again', async () => {
  const metrics = metricsOf('p', 'q', 'r')
  const message = 'The database cannot be reached.'
  const trouble = { part: 'state', code: 'state_unreachable', message, failures: 1, waitMs: 1_000 } as const
  for (const pipeline of ['p', 'q', 'r'])
    metrics.reporter.fact({ pipeline, lane: 'live' }, { type: 'retrying', ...trouble })
  for (const pipeline of ['p', 'q']) metrics.reporter.standsBy?.(pipeline)
  metrics.reporter.fact({ pipeline: 'q', lane: 'live' }, facts[0]!)
  const states = (await lines(metrics)).filter((line) => /^asana_audit_pipeline_state.* 1$/.test(line))
  expect(states.toSorted()).toEqual([
    'asana_audit_pipeline_state{pipeline="p",destination="otlp",state="starting"} 1',
    'asana_audit_pipeline_state{pipeline="q",destination="otlp",state="running"} 1',
    'asana_audit_pipeline_state{pipeline="r",destination="otlp",state="retrying"} 1',
  ])
})

test('other work gets its turn while the text of thousands of pipelines is made', async () => {
  const metrics = metricsOf(...Array.from({ length: 2_000 }, (_, index) => `p${index}`))
  let turns = 0
  let isMade = false
  const take = (): void => {
    turns += 1
    if (!isMade) setImmediate(take)
  }
  setImmediate(take)
  const { body } = await metrics.text(undefined)
  isMade = true
  expect(body.length).toBeGreaterThan(1_000_000)
  expect(turns).toBeGreaterThan(100)
})

test('findings are counted by level from 0, of pipelines with rules, and go on after a change of settings', async () => {
  const metrics = metricsOf('p', 'q')
  const finding = { rule: { level: 'high' } } as Finding
  const counts = async () =>
    `${await prometheusText(metrics.registry, 'text')}`
      .split('\n')
      .filter((line) => line.startsWith('asana_audit_findings_total'))
  const { begins, found, reloaded } = metrics.reporter
  begins?.(withRules)
  begins?.({ ...withRules, name: 'q', detect: undefined })
  const atFirst = levels.map((level) => `asana_audit_findings_total{pipeline="p",level="${level}"} 0`)
  expect(await counts()).toEqual(atFirst)
  found?.('p', finding)
  begins?.(withRules)
  found?.('p', finding)
  expect(await counts()).toEqual(atFirst.map((line) => line.replace('"high"} 0', '"high"} 2')))
  reloaded?.({ added: [], changed: [], removed: ['p'], unchanged: 1 })
  expect(await counts()).toEqual([])
})
