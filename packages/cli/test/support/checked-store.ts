import type { LaneSummary } from '@asana-audit/core'
import { checkDestination, type Finding } from '../../src/check/checks.ts'
import { readSettings } from '../../src/config/read-settings.ts'
import type { Warning } from '../../src/terminal/problem.ts'

/** What `check` says of a store and warns of. `cursors`: of the lanes that the state has of the pipeline. */
export async function checked(
  url: string,
  since?: string,
  cursors: Readonly<Record<string, string>> = {},
): Promise<{ found: Finding; warnings: Warning[] }> {
  const env = {
    ASANA_TOKEN: 't',
    OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: url,
    OTEL_EXPORTER_OTLP_HEADERS: 'x-api-key=s3cret-key',
  }
  const reading = await readSettings({ to: ['otlp'], workspace: '1', ...(since && { since }) }, env)
  const [pipeline] = 'settings' in reading ? reading.settings.pipelines : []
  if (!pipeline) throw new Error(JSON.stringify(reading))
  const warnings: Warning[] = []
  const lanes = Object.entries(cursors).map(([lane, cursor]): LaneSummary => {
    const rest = { delivered: 1, quarantined: 0, newestAt: undefined, readBy: undefined }
    return { pipeline: pipeline.name, lane, cursor, ...rest, committedAt: new Date().toISOString() }
  })
  const onWarning = (warning: Warning): void => void warnings.push(warning)
  const found = await checkDestination(pipeline, undefined, onWarning, lanes)
  return { found, warnings: warnings.filter(({ code }) => code.startsWith('store_')) }
}
