import { expect, test } from 'vitest'
import { acceptedForm } from '../../src/metrics/accepted-form.ts'
import { metricsText } from '../../src/metrics/metrics-text.ts'
import { prometheusText } from '../../src/metrics/prometheus-text.ts'
import { newRegistry, type Registry } from '../../src/metrics/registry.ts'

function filled(): Registry {
  const registry = newRegistry()
  registry
    .createObservableCounter('asana_audit.read.size', { unit: 'By', description: 'Bytes "read".' })
    .addCallback((result) => result.observe(7, { pipeline: 'a "b" \\ c\nd' }))
  registry.createObservableGauge('asana_audit.none', { description: 'No series.' }).addCallback(() => {})
  registry
    .createObservableGauge('asana_audit.state', { unit: '{pipeline}', description: 'State.' })
    .addCallback((result) => result.observe(1))
  const histogram = registry.createHistogram('asana_audit.delay', {
    ...{ unit: 's', description: 'Delay.' },
    advice: { explicitBucketBoundaries: [0.5, 10] },
  })
  for (const value of [0.25, 0.5, 11]) histogram.record(value, { lane: 'live' })
  return registry
}

test('as text, a counter is declared with _total, and names end in the unit', async () => {
  expect((await prometheusText(filled(), 'text')).toString()).toBe(`\
# HELP asana_audit_read_size_bytes_total Bytes "read".
# TYPE asana_audit_read_size_bytes_total counter
asana_audit_read_size_bytes_total{pipeline="a \\"b\\" \\\\ c\\nd"} 7
# HELP asana_audit_state State.
# TYPE asana_audit_state gauge
asana_audit_state 1
# HELP asana_audit_delay_seconds Delay.
# TYPE asana_audit_delay_seconds histogram
asana_audit_delay_seconds_bucket{lane="live",le="0.5"} 2
asana_audit_delay_seconds_bucket{lane="live",le="10"} 2
asana_audit_delay_seconds_bucket{lane="live",le="+Inf"} 3
asana_audit_delay_seconds_sum{lane="live"} 11.75
asana_audit_delay_seconds_count{lane="live"} 3
`)
})

test('as OpenMetrics, a counter is declared without _total, bounds are floats, and the end is marked', async () => {
  const lines = (await prometheusText(filled(), 'openmetrics')).toString().split('\n')
  expect(lines.slice(0, 4)).toEqual([
    '# HELP asana_audit_read_size_bytes Bytes \\"read\\".',
    '# TYPE asana_audit_read_size_bytes counter',
    '# UNIT asana_audit_read_size_bytes bytes',
    'asana_audit_read_size_bytes_total{pipeline="a \\"b\\" \\\\ c\\nd"} 7',
  ])
  expect(lines).toContain('asana_audit_delay_seconds_bucket{lane="live",le="10.0"} 2')
  expect(lines.slice(-2)).toEqual(['# EOF', ''])
})

test.each([
  [undefined, 'text'],
  ['*/*', 'text'],
  ['text/html,application/xhtml+xml,*/*;q=0.8', 'text'],
  ['application/openmetrics-text', 'openmetrics'],
  // Prometheus 2.42.
  [
    'application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1',
    'openmetrics',
  ],
  // Prometheus 3, which prefers a form that we do not have.
  [
    'application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2',
    'openmetrics',
  ],
  ['application/openmetrics-text;version=2.0.0', 'text'],
  ['application/openmetrics-text;q=0', 'text'],
  ['application/openmetrics-text;q=0.4, text/plain', 'text'],
  ['application/openmetrics-text;q=high', 'text'],
])('Accept: %s is answered as %s', (accept, form) => {
  expect(acceptedForm(accept)).toBe(form)
})

test('all who ask while a text is made get that text, and it is made once', async () => {
  const registry = newRegistry()
  let collected = 0
  const open: (() => void)[] = []
  registry.createObservableGauge('a').addCallback(async (result) => {
    collected += 1
    await new Promise<void>((resolve) => open.push(resolve))
    result.observe(collected)
  })
  const text = metricsText(registry, () => 0)
  const asked = [text(undefined), text('text/plain'), text('*/*')]
  await expect.poll(() => open.length).toBe(1)
  open[0]!()
  const bodies = (await Promise.all(asked)).map(({ body }) => body.toString())
  expect(new Set(bodies).size).toBe(1)
  expect(collected).toBe(1)
})

test('a text that took long is given again for four times as long', async () => {
  const registry = newRegistry()
  let now = 0
  registry.createObservableGauge('a').addCallback((result) => {
    now += 100
    result.observe(now)
  })
  const text = metricsText(registry, () => now)
  const body = async () => (await text(undefined)).body.toString()
  const first = await body()
  now = 499
  expect(await body()).toBe(first)
  now = 500
  expect(await body()).not.toBe(first)
})

test('after a text that could not be made, the next one is tried', async () => {
  const registry = newRegistry()
  let fails = true
  registry.createObservableGauge('a').addCallback((result) => {
    if (fails) throw new Error('no')
    result.observe(1)
  })
  const text = metricsText(registry)
  await expect(text(undefined)).rejects.toThrow('no')
  fails = false
  expect((await text(undefined)).body.toString()).toContain('a 1')
})
