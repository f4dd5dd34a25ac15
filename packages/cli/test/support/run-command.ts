import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { bundledBin } from '../../../../scripts/bundle/bundled-bin.ts'

export interface Ran {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** What Node starts as `asana-audit`. */
export const bin = bundledBin

/**
 * Runs the command in an environment that holds nothing but `env` and what a process needs. `inside`: a program and arguments
 * to put before it.
 */
export async function runCommand(
  args: readonly string[],
  env: Record<string, string> = {},
  inside: readonly string[] = [],
): Promise<Ran> {
  const { PATH = '', HOME = '', NODE_COMPILE_CACHE = '' } = process.env
  const [program, ...words] = [...inside, process.execPath, bin, ...args] as [string, ...string[]]
  const child = spawn(program, words, {
    env: { PATH, HOME, NODE_COMPILE_CACHE, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const [stdout, stderr, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close') as Promise<[number | null]>,
  ])
  return { code, stdout, stderr }
}
