import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { collectorPath } from '../../../scripts/collector/location.ts'
import { workspace } from '../asana/page-server.ts'
import type { ProgramName, Setup } from '../variant.ts'
import { commandToMeasure } from './installed.ts'
import { settingsFile } from './settings-file.ts'

export interface Running {
  readonly pid: number
  /** The time of its start, in milliseconds since 1970. */
  readonly startedAt: number
  /** The status it ended with; null after a signal. */
  readonly ended: Promise<number | null>
  /** The end of what it wrote to standard error. */
  readonly said: () => string
  /** Resolves when it has ended. */
  kill(): Promise<void>
}

/** The program to start, with Node or another one. */
export interface CommandLine {
  readonly file: string
  readonly args: readonly string[]
}

export async function commandLine(name: ProgramName, setup: Setup): Promise<CommandLine> {
  const node = (...args: string[]): CommandLine => ({ file: process.execPath, args })
  const ours = async (...args: string[]): Promise<CommandLine> =>
    node(await commandToMeasure(process.env), ...args)
  const settings = (): string => settingsFile(setup, workspace)
  switch (name) {
    case 'run':
      return await ours('run', '--config', settings())
    case 'run --once':
      return await ours('run', '--once', '--config', settings())
    case 'backfill':
      return await ours('backfill', '--config', settings(), ...rangeOf(setup))
    case '--version':
      return await ours('--version')
    case 'node -e 0':
      return node('-e', '0')
    case 'script':
      return node(fileURLToPath(new URL('../scripts/polling.ts', import.meta.url)), JSON.stringify(setup))
    case 'collector':
      return stockCollector(setup)
  }
}

const dayMs = 86_400_000

function rangeOf({ days, until }: Setup): string[] {
  if (days === undefined) return []
  const since = new Date(Date.parse(until) - days * dayMs).toISOString()
  return ['--since', since, '--until', until]
}

/** As in the first example of its documentation, it forwards OTLP to OTLP. It reads no REST API. */
function stockCollector({ folder, otlpUrl }: Setup): CommandLine {
  const file = collectorPath(process.env)
  if (file === undefined) throw new Error('not built: `pnpm setup:collector` builds it')
  const config = join(folder, 'collector.yaml')
  const settings = {
    receivers: { otlp: { protocols: { http: { endpoint: '127.0.0.1:0' } } } },
    exporters: { otlp_http: { logs_endpoint: otlpUrl } },
    service: {
      pipelines: { logs: { receivers: ['otlp'], exporters: ['otlp_http'] } },
      // Without this, its own metrics would need a port.
      telemetry: { metrics: { level: 'none' } },
    },
  }
  writeFileSync(config, JSON.stringify(settings))
  return { file, args: ['--config', config] }
}

/** Starts a program with only the given environment. */
export function start({ file, args }: CommandLine, { folder }: Setup, more: NodeJS.ProcessEnv = {}): Running {
  const startedAt = Date.now()
  const env = { PATH: process.env['PATH'], HOME: folder, ...more }
  const child: ChildProcess = spawn(file, args, { env, cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] })
  const closed = once(child, 'close') as Promise<[number | null]>
  let said = ''
  child.stderr?.on('data', (chunk: Buffer) => {
    said = (said + chunk.toString()).slice(-8_000)
  })
  return {
    pid: child.pid ?? 0,
    startedAt,
    ended: closed.then(([code]) => code),
    said: () => said,
    async kill() {
      child.kill('SIGKILL')
      await closed
    },
  }
}
