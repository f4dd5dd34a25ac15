import type { Attributes } from '@asana-audit/metrics'
import { prometheusName } from './prometheus-name.ts'
import type { Family, HistogramPoint, Registry } from './registry.ts'

/**
 * `text`: https://prometheus.io/docs/instrumenting/exposition_formats/, version 0.0.4. `openmetrics`:
 * https://prometheus.io/docs/specs/om/open_metrics_spec/, version 1.0.0.
 */
export type PrometheusForm = 'text' | 'openmetrics'

/** A part of an answer is made into bytes when it has this many characters. */
const partCharacters = 2 ** 16

/** All series as Prometheus reads them. Families without series are left out. */
export async function prometheusText(registry: Registry, form: PrometheusForm): Promise<Buffer> {
  const parts: Buffer[] = []
  let part = ''
  let head = ''
  let current: ReturnType<typeof prometheusName> = { name: '', unit: undefined }
  let isCounter = false

  function line(name: string, labels: string, value: number): void {
    part += `${head}${name}${labels === '' ? '' : `{${labels}}`} ${numberText(value)}\n`
    head = ''
    if (part.length < partCharacters) return
    parts.push(Buffer.from(part))
    part = ''
  }

  await registry.collect({
    family(family) {
      current = prometheusName(family)
      isCounter = family.kind === 'counter'
      head = familyHead(family, current, form)
    },
    number(value, attributes) {
      line(isCounter ? `${current.name}_total` : current.name, labelsOf(attributes), value)
    },
    histogram(point, attributes) {
      for (const [suffix, le, value] of histogramLines(point, form)) {
        const labels = [labelsOf(attributes), le === undefined ? '' : `le="${le}"`].filter(Boolean).join(',')
        line(`${current.name}_${suffix}`, labels, value)
      }
    },
  })
  return Buffer.concat([...parts, Buffer.from(form === 'openmetrics' ? `${part}# EOF\n` : part)])
}

/** In text 0.0.4 a counter is declared under its whole name, in OpenMetrics without `_total`. */
function familyHead(
  { kind, description }: Family,
  { name, unit }: ReturnType<typeof prometheusName>,
  form: PrometheusForm,
): string {
  const declared = kind === 'counter' && form === 'text' ? `${name}_total` : name
  const unitLine = form === 'openmetrics' && unit !== undefined ? `# UNIT ${declared} ${unit}\n` : ''
  return `# HELP ${declared} ${escaped(description, form === 'openmetrics')}\n# TYPE ${declared} ${kind}\n${unitLine}`
}

function* histogramLines(
  { bounds, counts, sum }: HistogramPoint,
  form: PrometheusForm,
): Generator<readonly [suffix: string, le: string | undefined, value: number]> {
  let count = 0
  for (const [index, inBucket] of counts.entries()) {
    count += inBucket
    const bound = bounds[index]
    yield ['bucket', bound === undefined ? '+Inf' : boundText(bound, form), count]
  }
  yield ['sum', undefined, sum]
  yield ['count', undefined, count]
}

/** OpenMetrics wants a point in every bound. */
function boundText(bound: number, form: PrometheusForm): string {
  return form === 'openmetrics' && Number.isInteger(bound) ? `${bound}.0` : String(bound)
}

function labelsOf(attributes: Attributes): string {
  let labels = ''
  for (const name of Object.keys(attributes)) {
    labels += `${labels === '' ? '' : ','}${name}="${escaped(attributes[name]!, true)}"`
  }
  return labels
}

function escaped(text: string, quotes: boolean): string {
  if (!/[\\\n"]/.test(text)) return text
  const plain = text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')
  return quotes ? plain.replaceAll('"', '\\"') : plain
}

function numberText(value: number): string {
  if (Number.isFinite(value)) return String(value)
  return Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf'
}
