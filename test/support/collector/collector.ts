import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, vi } from 'vitest'
import { collectorPath } from '../../../scripts/collector/location.ts'
import { endChild } from '../commands/end-child.ts'
import { temporaryFolder } from '../commands/run-command.ts'
import { closedPort } from '../servers/listen.ts'
import { type ArrivedLog, readArrived, readWritten } from './output.ts'

/** Components by name, in the words of the collector's own configuration. */
export interface CollectorConfig {
  /** Logs if it is left out. */
  readonly signal?: 'metrics' | 'traces'
  readonly receivers: Readonly<Record<string, object>>
  readonly processors?: Readonly<Record<string, object>>
  readonly extensions?: Readonly<Record<string, object>>
}

export interface Collector {
  /** `http://host:port` of the endpoint its configuration was given. */
  readonly origin: string
  /** Everything written so far, oldest first; half a line that a kill left is not counted as written. */
  arrived(): ArrivedLog[]
  /** The same, as it wrote it, whatever the signal is. */
  written(): unknown[]
  /** SIGKILL. */
  kill(): Promise<void>
  /** After a kill, the same again on the same port. */
  start(): Promise<void>
  /** Takes another configuration by SIGHUP. */
  reload(config: CollectorConfig): Promise<void>
}

const patient = { timeout: 200_000, interval: 20 }
const ready = 'Everything is ready. Begin running and processing data.'

/**
 * Starts a real collector for one test: one pipeline, from the receivers through the processors into a file. Nothing in it
 * queues, so that what it accepts is in the file. `config` gets the `host:port` to listen on.
 */
export async function startCollector(config: (endpoint: string) => CollectorConfig): Promise<Collector> {
  const binary = requiredPath()
  const folder = temporaryFolder()
  const origin = await closedPort()
  const configPath = join(folder, 'collector.yaml')
  const outputs: string[] = []
  let current = config(new URL(origin).host)
  let child: ChildProcess | undefined
  let log = ''

  function writeConfig(): void {
    const { receivers, processors = {}, extensions = {}, signal = 'logs' } = current
    const file = {
      path: outputs.at(-1),
      // Without rotation the exporter keeps what it has accepted in a buffer, which a kill would lose.
      rotation: { max_megabytes: 10_000 },
    }
    const pipeline = {
      receivers: Object.keys(receivers),
      processors: Object.keys(processors),
      exporters: ['file'],
    }
    const service = {
      extensions: Object.keys(extensions),
      pipelines: { [signal]: pipeline },
      // Without this, its own metrics would need a port.
      telemetry: { metrics: { level: 'none' } },
    }
    // JSON is YAML.
    writeFileSync(
      configPath,
      JSON.stringify({ receivers, processors, exporters: { file }, extensions, service }),
    )
  }

  /** Resolves when the collector says that it is ready once more than before; rejects at once if it ends instead. */
  async function becomeReady(act: () => ChildProcess): Promise<void> {
    const before = log.split(ready).length
    const acted = act()
    const told = vi.waitFor(() => expect(log.split(ready).length, log).toBeGreaterThan(before), patient)
    const ended = once(acted, 'close').then(() => {
      throw new Error(`The collector has ended.\n${log.slice(-4_000)}`)
    })
    await Promise.race([told, ended])
  }

  function start(): Promise<void> {
    // One file for each life: a line torn by the kill then is the last of its file.
    outputs.push(join(folder, `arrived-${outputs.length}.jsonl`))
    writeConfig()
    return becomeReady(() => {
      const started = spawn(binary, ['--config', configPath], { stdio: ['ignore', 'ignore', 'pipe'] })
      started.stderr.on('data', (chunk: Buffer) => {
        log += chunk.toString('utf8')
      })
      child = started
      return started
    })
  }

  const kill = (): Promise<void> => endChild(child, 'SIGKILL')

  onTestFinished(kill)
  await start()
  return {
    origin,
    arrived: () => outputs.flatMap(readArrived),
    written: () => outputs.flatMap(readWritten),
    kill,
    start,
    reload(next) {
      current = next
      writeConfig()
      return becomeReady(() => {
        if (!child?.kill('SIGHUP')) throw new Error('The collector does not run.')
        return child
      })
    },
  }
}

function requiredPath(): string {
  const path = collectorPath(process.env)
  if (!path) throw new Error('There is no collector; `pnpm setup:collector` builds one.')
  return path
}

/** With a memory limiter in front. A mebibyte is less than a collector at rest uses, so that it refuses everything. */
export function limitedTo(mebibytes: number, config: CollectorConfig): CollectorConfig {
  const limits = { check_interval: '50ms', limit_mib: mebibytes, spike_limit_mib: 0 }
  return { ...config, processors: { memory_limiter: limits } }
}
