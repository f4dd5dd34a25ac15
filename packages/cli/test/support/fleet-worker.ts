import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { onTestFinished } from 'vitest'
import { bin } from './run-command.ts'

export interface Worker {
  /** What it said so far, line by line. */
  readonly lines: readonly Readonly<Record<string, unknown>>[]
  /** Resolves with its exit status. */
  stop(): Promise<number | null>
}

/** Starts `fleet worker`. It ends with the test at the latest. */
export function startWorker(args: readonly string[], env: Readonly<Record<string, string>>): Worker {
  const { PATH = '', HOME = '', NODE_COMPILE_CACHE = '' } = process.env
  const child = spawn(process.execPath, [bin, 'fleet', 'worker', '--log', 'json', ...args], {
    env: { PATH, HOME, NODE_COMPILE_CACHE, ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const lines: Record<string, unknown>[] = []
  createInterface(child.stderr).on('line', (line) => {
    lines.push(line.startsWith('{') ? (JSON.parse(line) as Record<string, unknown>) : { message: line })
  })
  const closed = once(child, 'close') as Promise<[number | null]>
  const stop = async (): Promise<number | null> => {
    child.kill('SIGTERM')
    return (await closed)[0]
  }
  onTestFinished(async () => void (await stop()))
  return { lines, stop }
}
