import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

const bin = fileURLToPath(new URL('../../packages/cli/src/bin.ts', import.meta.url))

/** Starts the real command, and says how a person would type it. */
export function startCommand(words: readonly string[], shows: 'all' | 'errors'): ChildProcess {
  process.stdout.write(`\n$ asana-audit ${words.join(' ')}\n`)
  return spawn(process.execPath, [bin, ...words], {
    stdio: shows === 'all' ? 'inherit' : ['ignore', 'ignore', 'inherit'],
  })
}

/** Runs it to its end. Rejects if it fails. */
export async function runCommand(words: readonly string[]): Promise<void> {
  const [code] = (await once(startCommand(words, 'all'), 'exit')) as [number | null]
  if (code !== 0) throw new Error(`asana-audit ${words.join(' ')} ended with ${code}.`)
}
