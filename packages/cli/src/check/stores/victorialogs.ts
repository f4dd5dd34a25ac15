import { dayMs } from '../../duration.ts'
import type { Warning } from '../../terminal/problem.ts'
import { durationMs, inDays, isTooOld } from './age-limit.ts'
import type { KnownStore } from './known-store.ts'
import { isOlder } from './version.ts'

/** Its metrics name its version and every flag with its value. */
export const victoriaLogs: KnownStore = {
  endpoint: '/insert/opentelemetry/v1/logs',
  async says(page, ageMs) {
    const metrics = (await page('/metrics')) ?? ''
    // vlagent, which only passes logs on, has no such flag.
    if (!/^vl_/m.test(metrics) || flag(metrics, 'retentionPeriod') === undefined) return undefined
    const [, version = ''] =
      /^vm_app_version\{[^}\n]{0,1000}short_version="([^"\n]{0,100})"/m.exec(metrics) ?? []
    const name = `It says that it is VictoriaLogs${version && ` ${version}`}`
    const sentence = `${name}, and that it keeps logs on other nodes: it does not tell their -retentionPeriod.`
    const old = versionWarnings(version)
    if (flag(metrics, 'storageNode')) return { sentence, warnings: old }
    return { sentence: `${name}.`, warnings: [...old, ...ageWarnings(metrics, ageMs)] }
  },
}

/** The first version that keeps all that a record has, by its changelog: since v1.50.0 `severity_number` has its name. */
const oldest = 'v1.50.0'

function versionWarnings(version: string): Warning[] {
  if (version === '' || !isOlder(version, oldest)) return []
  const message =
    `VictoriaLogs ${version} is older than ${oldest}: it gives the severity another name, or leaves out the name of an event or the scope. ` +
    'Update it, or queries of our pages and dashboards find less.'
  return [{ code: 'store_version', message }]
}

/** About the flag that leaves out most. */
function ageWarnings(metrics: string, ageMs: number): Warning[] {
  const [limit] = ['retentionPeriod', 'maxBackfillAge']
    .map((name) => ({ name, value: flag(metrics, name) ?? '' }))
    .map(({ name, value }) => ({ name, value, limitMs: ageLimitMs(value) }))
    .filter(({ limitMs }) => limitMs > 0 && isTooOld(ageMs, limitMs))
    .sort((a, b) => a.limitMs - b.limitMs)
  if (!limit) return []
  const { name, value } = limit
  const better = name === 'retentionPeriod' ? 'with -retentionPeriod=100d' : `without -${name}`
  const message =
    `VictoriaLogs answers 200 to events older than ${value} (-${name}) and drops them, and this pipeline begins ${inDays(ageMs)} back. ` +
    `These events would count as delivered. Start VictoriaLogs ${better} before the first run, or set since to less than ${value}.`
  return [{ code: 'store_drops_old', message }]
}

/** A number with M, or without a unit, is months of 31 days. 0 if there is no limit, or none that we can read. */
function ageLimitMs(value: string): number {
  const months = /^(\d+(?:\.\d+)?)M?$/.exec(value)?.[1]
  return months === undefined ? (durationMs(value) ?? 0) : Number(months) * 31 * dayMs
}

function flag(metrics: string, name: string): string | undefined {
  return new RegExp(`^flag\\{name="${name}", value="([^"\\n]*)"`, 'm').exec(metrics)?.[1]
}
