import { isFault, type ReconciledHour, type State } from '@asana-audit/core'
import { parseMillis } from '@asana-audit/schema'
import { missingState } from '../config/existing-state.ts'
import type { PipelineSettings } from '../config/pipeline-settings.ts'
import { type Problem, refused } from '../config/problem.ts'
import { type Flags, readSettings, type Settings } from '../config/read-settings.ts'
import { readStatePath } from '../config/state-path.ts'
import { timeRange } from '../config/time-range.ts'
import { type ExitCode, exitCode } from '../exit-code.ts'
import { openState } from '../open-state.ts'
import { repairPipeline } from '../repair-pipeline.ts'
import { faultCode } from '../result-code.ts'
import { type Verified, verifyPipeline } from '../verify-pipeline.ts'
import { wrapped } from '../wrapped.ts'

export interface VerifyFlags extends Omit<Flags, 'since' | 'until'> {
  readonly since?: string
  readonly until?: string
  readonly repair?: boolean
  readonly json?: boolean
}

/** Reads a window of Asana again and compares it, hour by hour, with what was delivered. */
export async function verify({ since, until, ...flags }: VerifyFlags): Promise<ExitCode> {
  const reading = await readSettings(flags, process.env)
  const problems: Problem[] = 'problems' in reading ? [...reading.problems] : []
  const place = readStatePath(flags, process.env)
  if (!('problems' in place)) problems.push(...missingState(place))
  const range = timeRange({ since, until }, problems)
  if ('problems' in reading || problems.length > 0) return refused(problems)
  const window = { since: parseMillis(range.since ?? ''), until: parseMillis(range.until ?? '') }
  const { settings } = reading
  const state = await openState(settings, settings.pipelines)
  const results: Verified[] = []
  let worst: ExitCode = exitCode.done
  try {
    for (const pipeline of settings.pipelines) {
      try {
        const verified = await verifyOne(pipeline, settings, state, window, flags.repair ?? false)
        results.push(verified)
        if (!verified.hours.every(({ same }) => same)) worst = exitCode.failed
      } catch (error) {
        if (!isFault(error)) throw error
        // The others can still be compared.
        process.stderr.write(
          `${wrapped(`✗ ${pipeline.name}: ${error.message}`, 2, process.stderr.columns)}\n`,
        )
        if (worst !== exitCode.failed) worst = faultCode(error)
      }
    }
  } finally {
    await state.close()
  }
  process.stdout.write(flags.json ? `${JSON.stringify(results)}\n` : results.map(describe).join(''))
  return worst
}

async function verifyOne(
  pipeline: PipelineSettings,
  settings: Settings,
  state: State,
  window: Parameters<typeof verifyPipeline>[3],
  repair: boolean,
): Promise<Verified> {
  const verified = await verifyPipeline(pipeline, settings, state, window)
  const differing = verified.hours.filter(({ same }) => !same)
  if (!repair || differing.length === 0) return verified
  const repeats = differing.reduce((sum, { delivered }) => sum + delivered, 0)
  process.stderr.write(
    `${pipeline.name}: delivering ${differing.length} hours again, whole; ${repeats} events of them come twice.\n`,
  )
  const hours = differing.map(({ hour }) => hour)
  await repairPipeline(pipeline, settings, state, hours)
  return verifyPipeline(pipeline, settings, state, window)
}

function describe({ pipeline, hours, undecidable }: Verified): string {
  const differing = hours.filter(({ same }) => !same)
  const events = hours.reduce((sum, { source }) => sum + source, 0)
  const aside = hours.reduce((sum, { quarantined }) => sum + quarantined, 0)
  const uncertain = hours.reduce((sum, { uncertain: count }) => sum + count, 0)
  const notes = [
    aside > 0 && `${aside} of them are in quarantine`,
    uncertain > 0 && `${uncertain} are uncertain`,
    undecidable !== undefined && undecidable,
  ].filter(Boolean)
  const head =
    hours.length === 0
      ? `! ${pipeline}: nothing was compared`
      : differing.length === 0
        ? `✓ ${pipeline}: ${events.toLocaleString('en')} events in ${hours.length.toLocaleString('en')} hours, the same ids on both sides`
        : `✗ ${pipeline}: ${differing.length} of ${hours.length} hours differ`
  return `${wrapped(`${[head, ...notes].join('; ')}.`, 2, process.stdout.columns)}\n${differing.map(differenceLine).join('')}`
}

function differenceLine({ hour, source, delivered, quarantined, uncertain }: ReconciledHour): string {
  const ours = delivered + quarantined + uncertain
  const what =
    source > ours
      ? `${source - ours} missing`
      : source < ours
        ? `${ours - source} that Asana does not have`
        : 'other ids'
  return `    ${new Date(hour).toISOString().slice(0, 13)}h  Asana has ${source}, delivered ${delivered}, in quarantine ${quarantined}, uncertain ${uncertain}: ${what}\n`
}
