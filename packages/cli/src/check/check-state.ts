import { type DurableState, type LaneSummary, toFault } from '@asana-audit/core'
import { isPostgresAddress } from '@asana-audit/core/config'
import { newStateProblem } from '../config/places/state-file-problem.ts'
import type { Settings } from '../config/read-settings.ts'
import { openStateIfThere } from '../pipelines/open-state.ts'
import { continuation, futurePosition, startWarnings } from '../pipelines/run/start-warnings.ts'
import { withUnsaved } from '../progress/lag/state-rows.ts'
import type { Finding } from './checks.ts'
import { trialWrite } from './trial-write.ts'
import type { Verdict } from './verdict.ts'

/** What was found in the state. */
export interface CheckedState {
  readonly findings: readonly Finding[]
  /** Its positions. None of a state that cannot be read. */
  readonly lanes: readonly LaneSummary[]
}

/** Checks that the state can be used, by a write that changes nothing, and the position of each pipeline. */
export async function checkState(settings: Settings): Promise<CheckedState> {
  const { statePath } = settings
  const finding = { pipeline: undefined, what: 'state' }
  const problem = isPostgresAddress(statePath) ? undefined : await newStateProblem(settings)
  if (problem)
    return { findings: [{ ...finding, ok: false, code: 'state_unusable', message: problem }], lanes: [] }
  try {
    let warned = ''
    const state = await openStateIfThere(settings, ({ message }) => {
      warned = ` ${message}`
    })
    if (!state) {
      if (!isPostgresAddress(statePath)) await trialWrite(statePath)
      const message = `${statePath} does not exist yet. The first run creates it.`
      return { findings: [{ ...finding, ok: true, message }, ...checkStarts(settings, [])], lanes: [] }
    }
    const read = Promise.all([state.lanes(), state.pipelines(), writeProblem(state)])
    const [lanes, pipelines, unsaved] = await read.finally(() => state.close())
    const { length } = withUnsaved(lanes, pipelines)
    const rows = length === 1 ? 'one position' : `${length} positions`
    const found: Finding = { ...finding, ok: true, message: `${statePath} holds ${rows}.${warned}` }
    const findings = [unsaved ? { ...finding, ...unsaved } : found, ...checkStarts(settings, lanes)]
    return { findings, lanes }
  } catch (error) {
    const { code, message } = toFault(error)
    return { findings: [{ ...finding, ok: false, code, message }], lanes: [] }
  }
}

/** Why a position could not be saved now, although the state can be read. */
async function writeProblem(state: DurableState): Promise<Verdict | undefined> {
  try {
    await state.probe()
    return undefined
  } catch (error) {
    const { code, message } = toFault(error)
    return { ok: false, code, message }
  }
}

function checkStarts({ pipelines, statePath }: Settings, lanes: readonly LaneSummary[]): Finding[] {
  const now = Date.now()
  return pipelines.flatMap((pipeline): Finding[] => {
    const finding = { pipeline: pipeline.name, what: 'position' }
    const future = futurePosition(pipeline, lanes, now, statePath)
    if (future !== undefined) return [{ ...finding, ok: false, code: 'position_in_future', message: future }]
    const warnings = startWarnings(pipeline, lanes, now, statePath)
    const goesOn = warnings.length > 0 ? undefined : continuation(pipeline, lanes, statePath)
    if (goesOn !== undefined) return [{ ...finding, ok: true, message: goesOn }]
    return warnings.map(({ code, message }) => ({
      ...finding,
      ok: code !== 'nothing_left',
      ...{ code, message },
    }))
  })
}
