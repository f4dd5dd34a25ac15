import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { type Claim, type Clock, type DurableState, fault, isFault } from '@asana-audit/core'
import { codeOf } from '@asana-audit/core/sink-kit'
import type { InputDefinition } from '@asana-audit/splunk-input'
import type { PipelineSettings } from '../config/pipeline/pipeline-settings.ts'
import { openState } from '../pipelines/open-state.ts'
import type { Warning } from '../terminal/problem.ts'

/** The state of an input, and the right to move its position. */
export interface ClaimedState {
  readonly state: DurableState
  readonly claim: Claim
  readonly path: string
}

/** In a folder for each workspace, not for each input: an input with a new name keeps its place. */
function statePathOf({ checkpointDir }: Pick<InputDefinition, 'checkpointDir'>, workspace: string): string {
  return join(checkpointDir, workspace, 'state.db')
}

/** An earlier process of this input, which Splunk has stopped, may need a moment more. */
const patienceMs = 10_000
const lookAgainMs = 500

export interface ClaimStateOptions {
  readonly onWarning: (warning: Warning) => void
  /** Another process has the claim, and is waited for. Called once. */
  readonly onWait: () => void
  readonly clock: Clock
  readonly signal: AbortSignal
}

/** Opens the state and claims its pipeline. Rejects with a fault, and nothing stays open. */
export async function claimState(
  definition: InputDefinition,
  pipeline: PipelineSettings,
  { onWarning, onWait, clock, signal }: ClaimStateOptions,
): Promise<ClaimedState> {
  const until = clock.now() + patienceMs
  let isWaiting = false
  for (;;) {
    try {
      return await claimNow(definition, pipeline, onWarning)
    } catch (error) {
      if (!isFault(error) || error.code !== 'already_running' || clock.now() >= until) throw error
      if (!isWaiting) onWait()
      isWaiting = true
      await clock.sleep(lookAgainMs, signal)
    }
  }
}

async function claimNow(
  definition: InputDefinition,
  pipeline: PipelineSettings,
  onWarning: (warning: Warning) => void,
): Promise<ClaimedState> {
  const path = statePathOf(definition, pipeline.workspace)
  makeFolder(join(definition.checkpointDir, pipeline.workspace))
  const state = await openState({ statePath: path, statePathIsDefault: false }, [pipeline], onWarning)
  try {
    return { state, path, claim: await state.claim(pipeline.name) }
  } catch (error) {
    await state.close()
    throw isFault(error) && error.code === 'already_running' ? inUse(pipeline.workspace) : error
  }
}

function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
  } catch (error) {
    const message = `The folder for the position, ${folder}, cannot be made (${codeOf(error)}). Splunk needs room and the permission to write there.`
    throw fault({ fault: 'fatal', code: 'state_unusable', message, cause: error })
  }
}

function inUse(workspace: string): Error {
  const message = `Another input, or an earlier process of this one, reads the workspace ${workspace}. One input reads a workspace: disable the other one, or give it another workspace.`
  return fault({ fault: 'fatal', code: 'already_running', message })
}
