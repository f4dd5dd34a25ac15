import type { Family } from './registry.ts'

/** UCUM units that have a name in Prometheus. One in braces is only a note, such as `{event}`. */
const unitNames: Readonly<Record<string, string>> = { s: 'seconds', By: 'bytes', '1': 'ratio' }

/**
 * The name in Prometheus, without the `_total` of a counter, and its unit if that is the end of the name.
 * https://opentelemetry.io/docs/specs/otel/compatibility/prometheus_and_openmetrics/
 */
export function prometheusName({ name, unit }: Pick<Family, 'name' | 'unit'>): {
  readonly name: string
  readonly unit: string | undefined
} {
  const plain = name.replaceAll('.', '_')
  const suffix = unitNames[unit]
  if (suffix === undefined) {
    if (unit !== '' && !/^\{.*\}$/.test(unit)) throw new Error(`The unit ${unit} of ${name} has no name.`)
    return { name: plain, unit: undefined }
  }
  return { name: `${plain}_${suffix}`, unit: suffix }
}
