import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { sqliteState } from '@asana-audit/core/sqlite-state'
import { expect, vi } from 'vitest'
import { bin } from './run-command.ts'

/** Runs the command until a row of its state has delivered something, and then sends it the signal. */
export async function interrupt(
  signal: NodeJS.Signals,
  lane: string,
  args: readonly string[],
  env: Record<string, string>,
): Promise<void> {
  const { PATH = '', HOME = '' } = process.env
  const child = spawn(process.execPath, [bin, ...args], { env: { PATH, HOME, ...env }, stdio: 'ignore' })
  const ended = once(child, 'close')
  try {
    await vi.waitFor(
      async () => expect(await saved(env['ASANA_AUDIT_STATE'] ?? '', lane)).toBeGreaterThan(0),
      {
        timeout: 200_000,
      },
    )
  } finally {
    child.kill(signal)
    await ended
  }
}

async function saved(path: string, lane: string): Promise<number> {
  if (!existsSync(path)) return 0
  const state = sqliteState({ path })
  try {
    return (await state.lanes()).find((row) => row.lane === lane)?.delivered ?? 0
  } finally {
    await state.close()
  }
}
