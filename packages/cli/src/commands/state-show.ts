import { existsSync } from 'node:fs'
import type { LaneSummary } from '@asana-audit/core'
import { readStatePath } from '../config/read-settings.ts'
import { type ExitCode, exitCode } from '../exit-code.ts'
import { openState } from '../open-state.ts'
import { age } from '../report/progress-reporter.ts'

export interface StateFlags {
  readonly state?: string
  readonly config?: string
  readonly json?: boolean
}

export async function stateShow(flags: StateFlags): Promise<ExitCode> {
  const statePath = readStatePath(flags, process.env)
  const lanes = await readLanes(statePath)
  if (flags.json) process.stdout.write(`${JSON.stringify({ statePath, lanes })}\n`)
  else if (lanes.length === 0)
    process.stdout.write(`Nothing has been delivered yet with the state ${statePath}.\n`)
  else process.stdout.write(`${statePath}\n${lanes.map((lane) => describe(lane, Date.now())).join('')}`)
  return exitCode.done
}

/** Looking must not make a state where there is none. */
async function readLanes(statePath: string): Promise<LaneSummary[]> {
  if (!existsSync(statePath)) return []
  const state = await openState({ statePath, statePathIsDefault: false })
  try {
    return await state.lanes()
  } finally {
    await state.close()
  }
}

function describe(summary: LaneSummary, now: number): string {
  const { pipeline, lane, delivered, quarantined, newestAt, committedAt } = summary
  const newest = newestAt === undefined ? 'none yet' : `${newestAt} (${age(now - Date.parse(newestAt))} ago)`
  return (
    `\n${pipeline} (${lane})\n` +
    `  delivered     ${delivered.toLocaleString('en')} events\n` +
    `  in quarantine ${quarantined.toLocaleString('en')} over all runs\n` +
    `  newest event  ${newest}\n` +
    `  last saved    ${committedAt} (${age(now - Date.parse(committedAt))} ago)\n`
  )
}
