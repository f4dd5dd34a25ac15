import type { PrometheusForm } from './prometheus-text.ts'

export const contentTypes = {
  text: 'text/plain; version=0.0.4; charset=utf-8',
  openmetrics: 'application/openmetrics-text; version=1.0.0; charset=utf-8',
} as const satisfies Record<PrometheusForm, string>

/** What an `Accept` header asks for. Only who asks for OpenMetrics gets it: a browser takes anything and shows plain text. */
export function acceptedForm(accept: string | undefined): PrometheusForm {
  const ranges = (accept ?? '').split(',').map(rangeOf)
  const weight = (...types: readonly string[]): number =>
    Math.max(0, ...ranges.filter(({ type }) => types.includes(type)).map(({ q }) => q))
  const openmetrics = weight('application/openmetrics-text')
  return openmetrics > 0 && openmetrics >= weight('text/plain', 'text/*') ? 'openmetrics' : 'text'
}

function rangeOf(written: string): { readonly type: string; readonly q: number } {
  const [type = '', ...parameters] = written.split(';').map((part) => part.trim().toLowerCase())
  const given = parameters.find((parameter) => /^q\s*=/.test(parameter))
  const q = given === undefined ? 1 : Number(given.split('=')[1])
  const version = parameters.find((parameter) => /^version\s*=/.test(parameter))?.split('=')[1]
  const isKnown = version === undefined || /^"?(0\.0\.4|0\.0\.1|1\.0\.0)"?$/.test(version.trim())
  return { type, q: isKnown && q >= 0 && q <= 1 ? q : 0 }
}
