import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { onTestFinished, test, vi } from 'vitest'
import { victoriaLogsPath } from '../../../scripts/victorialogs/location.ts'
import { endChild } from '../commands/end-child.ts'
import { temporaryFolder } from '../commands/run-command.ts'
import { closedPort } from '../servers/listen.ts'

/** A record as VictoriaLogs gives it back: every value is text, and an empty one is not there. */
export type StoredLog = Readonly<Record<string, string>>

export interface VictoriaLogs {
  /** `http://host:port` */
  readonly origin: string
  /** Where OTLP goes. */
  readonly endpoint: string
  /** What a query in LogsQL finds, with all that was accepted before. */
  query(logsQl: string): Promise<StoredLog[]>
  /** The sum of its own metrics whose line begins so, such as `vl_rows_dropped_total`. */
  metric(beginning: string): Promise<number>
  /** What it wrote to its own log. */
  log(): string
  /** SIGKILL. */
  kill(): Promise<void>
  /** SIGTERM. */
  stop(): Promise<void>
  /** After either, the same again: same port, same folder. */
  start(): Promise<void>
}

/** Keeps all that Asana has. */
const usualFlags = ['-retentionPeriod=100d'] as const

/**
 * A test against a real VictoriaLogs; skipped, and said to be, where there is none. With `REQUIRE_VICTORIALOGS=1` it runs and fails instead.
 */
export function testWithVictoriaLogs(): typeof test {
  const runs = victoriaLogsPath(process.env) !== undefined || process.env['REQUIRE_VICTORIALOGS'] === '1'
  if (!runs)
    process.stdout.write('Skipping tests that need VictoriaLogs: `pnpm setup:victorialogs` builds it.\n')
  return test.runIf(runs) as typeof test
}

/** Starts a real VictoriaLogs for one test, with a folder of its own. */
export async function startVictoriaLogs(flags: readonly string[] = usualFlags): Promise<VictoriaLogs> {
  const program = requiredPath()
  const folder = temporaryFolder()
  const origin = await closedPort()
  let child: ChildProcess | undefined
  let log = ''

  async function start(): Promise<void> {
    const own = [`-httpListenAddr=${new URL(origin).host}`, `-storageDataPath=${join(folder, 'data')}`]
    const started = spawn(program, [...flags, ...own], { stdio: ['ignore', 'ignore', 'pipe'] })
    child = started
    started.stderr.on('data', (chunk: Buffer) => {
      log += chunk.toString('utf8')
    })
    const ended = once(started, 'close').then(() => {
      throw new Error(`VictoriaLogs has ended.\n${log.slice(-4_000)}`)
    })
    const healthy = vi.waitFor(() => page('/health'), { timeout: 200_000, interval: 50 })
    await Promise.race([healthy, ended])
    // Ends with the test.
    ended.catch(() => {})
  }

  async function page(path: string, body?: URLSearchParams): Promise<string> {
    const answer = await fetch(origin + path, { method: body ? 'POST' : 'GET', ...(body && { body }) })
    const text = await answer.text()
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${text}`)
    return text
  }

  const end = (signal: NodeJS.Signals): Promise<void> => endChild(child, signal)
  const kill = (): Promise<void> => end('SIGKILL')

  onTestFinished(kill)
  await start()
  return {
    origin,
    endpoint: `${origin}/insert/opentelemetry/v1/logs`,
    async query(logsQl) {
      await page('/internal/force_flush', new URLSearchParams())
      const lines = await page('/select/logsql/query', new URLSearchParams({ query: logsQl }))
      return lines
        .split('\n')
        .slice(0, -1)
        .map((line) => JSON.parse(line) as StoredLog)
    },
    async metric(beginning) {
      const lines = (await page('/metrics')).split('\n').filter((line) => line.startsWith(beginning))
      return lines.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0)
    },
    log: () => log,
    kill,
    stop: () => end('SIGTERM'),
    start,
  }
}

function requiredPath(): string {
  const path = victoriaLogsPath(process.env)
  if (!path) throw new Error('There is no VictoriaLogs; `pnpm setup:victorialogs` builds it.')
  return path
}
