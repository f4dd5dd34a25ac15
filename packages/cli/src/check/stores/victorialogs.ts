import { retentionMs } from '@asana-audit/core/backlog'
import { dayMs } from '../../duration.ts'
import type { Beginning } from '../../pipelines/run/start-warnings.ts'
import type { Warning } from '../../terminal/problem.ts'
import { durationMs, inWords, isTooOld } from './age-limit.ts'
import type { KnownStore } from './known-store.ts'
import { isOlder } from './version.ts'

/** Its metrics name its version and every flag with its value. */
export const victoriaLogs: KnownStore = {
  endpoint: '/insert/opentelemetry/v1/logs',
  async says(page, beginning) {
    const metrics = (await page('/metrics')) ?? ''
    // vlagent, which only passes logs on, has no such flag.
    if (!/^vl_/m.test(metrics) || flag(metrics, 'retentionPeriod') === undefined) return undefined
    const [, version = ''] =
      /^vm_app_version\{[^}\n]{0,1000}short_version="([^"\n]{0,100})"/m.exec(metrics) ?? []
    const name = `It says that it is VictoriaLogs${version && ` ${version}`}`
    const sentence = `${name}, and that it keeps logs on other nodes: it does not tell their -retentionPeriod.`
    const old = versionWarnings(version)
    if (flag(metrics, 'storageNode')) return { sentence, warnings: old }
    const limit = ageLimit(metrics)
    if (!limit) return { sentence: `${name}.`, warnings: old }
    if (isTooOld(beginning, limit.ms))
      return { sentence: `${name}.`, warnings: [...old, ageWarning(limit, beginning)] }
    return { sentence: `${name}, and that it drops what is older than ${limit.text}.`, warnings: old }
  },
}

/** The first version that keeps all that a record has, by its changelog: since v1.50.0 `severity_number` has its name. */
const oldest = 'v1.50.0'

function versionWarnings(version: string): Warning[] {
  if (version === '' || !isOlder(version, oldest)) return []
  const message =
    `VictoriaLogs ${version} is too old: update it to ${oldest} or later. Older versions give the severity another name, ` +
    'leave out the name of an event or the scope, or take no OTLP, so queries of our pages and dashboards find less or nothing.'
  return [{ code: 'store_version', message }]
}

interface AgeLimit {
  /** Of the flag. */
  readonly name: string
  readonly value: string
  readonly ms: number
  /** For people. */
  readonly text: string
}

/** Of the flag that leaves out most, if Asana has older events. */
function ageLimit(metrics: string): AgeLimit | undefined {
  return ['retentionPeriod', 'maxBackfillAge']
    .map((name) => ({ name, value: flag(metrics, name) ?? '' }))
    .map((one) => ({ ...one, ms: ageLimitMs(one.value), text: `${one.value} (-${one.name})` }))
    .filter(({ ms }) => ms > 0 && ms < retentionMs)
    .sort((a, b) => a.ms - b.ms)[0]
}

function ageWarning({ name, value, text }: AgeLimit, beginning: Beginning): Warning {
  const start = `VictoriaLogs ${name === 'retentionPeriod' ? 'with -retentionPeriod=100d' : `without -${name}`}`
  const step = beginning.isFirst
    ? `Start ${start} before the first run, or set since to less than ${value}.`
    : `Stop run, start ${start}, and start run again.`
  const message =
    `VictoriaLogs answers 200 to events older than ${text} and drops them, and this pipeline ${inWords(beginning)}. ` +
    `These events would count as delivered. ${step}`
  return { code: 'store_drops_old', message }
}

/** A number with M, or without a unit, is months of 31 days. 0 if there is no limit, or none that we can read. */
function ageLimitMs(value: string): number {
  const months = /^(\d+(?:\.\d+)?)M?$/.exec(value)?.[1]
  return months === undefined ? (durationMs(value) ?? 0) : Number(months) * 31 * dayMs
}

function flag(metrics: string, name: string): string | undefined {
  return new RegExp(`^flag\\{name="${name}", value="([^"\\n]*)"`, 'm').exec(metrics)?.[1]
}
