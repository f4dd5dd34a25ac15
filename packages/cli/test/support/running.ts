import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { onTestFinished } from 'vitest'
import { bin } from './run-command.ts'

export interface Running {
  /** Where the status page is served. */
  readonly url: string
  /** The lines of its log until now. */
  readonly lines: readonly Readonly<Record<string, unknown>>[]
  stop(): Promise<number | null>
}

/**
 * Starts `run --listen` as a process of its own, and waits until it serves. It is stopped at the end of the test. `inside`: a program and
 * arguments to put before it.
 */
export async function running(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  inside: readonly string[] = [],
): Promise<Running> {
  const { PATH = '', HOME = '', NODE_COMPILE_CACHE = '' } = process.env
  const words = [...inside, process.execPath, bin, 'run', '--log', 'json', ...args]
  const [program, ...rest] = words as [string, ...string[]]
  const child = spawn(program, rest, {
    env: { PATH, HOME, NODE_COMPILE_CACHE, ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const closed = once(child, 'close') as Promise<[number | null]>
  const stop = async (): Promise<number | null> => {
    child.kill('SIGTERM')
    return (await closed)[0]
  }
  onTestFinished(async () => void (await stop()))
  const lines: Record<string, unknown>[] = []
  const started = Promise.withResolvers<string>()
  const log = createInterface(child.stderr)
  log.on('line', (line) => {
    if (!line.startsWith('{')) return started.reject(new Error(line))
    lines.push(JSON.parse(line))
    const { message, statusPage } = lines.at(-1) as { message: string; statusPage?: string }
    if (message === 'started') started.resolve(statusPage ?? '')
    if (message === 'failed') started.reject(new Error(line))
  })
  return { url: await started.promise, lines, stop }
}
