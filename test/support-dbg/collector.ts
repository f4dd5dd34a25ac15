import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, vi } from 'vitest'
import { type ArrivedLog, readArrived } from './collector-output.ts'
import { closedPort } from './listen.ts'
import { temporaryFolder } from './run-command.ts'

/** Components by name, in the words of the collector's own configuration. */
export interface CollectorConfig {
  readonly receivers: Readonly<Record<string, object>>
  readonly processors?: Readonly<Record<string, object>>
  readonly extensions?: Readonly<Record<string, object>>
}

export interface Collector {
  /** `http://host:port` of the endpoint its configuration was given. */
  readonly origin: string
  /** Everything written so far, oldest first; half a line that a kill left is not counted as written. */
  arrived(): ArrivedLog[]
  log(): string
  /** SIGKILL. */
  kill(): Promise<void>
  /** After a kill, the same again on the same port. */
  start(): Promise<void>
  /** Takes another configuration by SIGHUP. */
  reload(config: CollectorConfig): Promise<void>
}

const patient = { timeout: 20_000, interval: 20 }
const ready = 'Everything is ready. Begin running and processing data.'

/**
 * Starts a real collector for one test: one pipeline, from the receivers through the processors into a file. Nothing in it
 * queues, so that what it accepts is in the file. `config` gets the `host:port` to listen on.
 */
export async function startCollector(
  binary: string,
  config: (endpoint: string) => CollectorConfig,
): Promise<Collector> {
  const folder = temporaryFolder()
  const origin = await closedPort()
  const configPath = join(folder, 'collector.yaml')
  const outputs: string[] = []
  let current = config(new URL(origin).host)
  let child: ChildProcess | undefined
  let log = ''

  function writeConfig(): void {
    const { receivers, processors = {}, extensions = {} } = current
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
      pipelines: { logs: pipeline },
      // Its own metrics would need a port.
      telemetry: { metrics: { level: 'none' } },
    }
    // JSON is YAML.
    writeFileSync(
      configPath,
      JSON.stringify({ receivers, processors, exporters: { file }, extensions, service }),
    )
  }

  /** Resolves when the collector says that it is ready once more than before. */
  async function becomeReady(act: () => void): Promise<void> {
    const before = log.split(ready).length
    act()
    await vi.waitFor(() => expect(log.split(ready).length, log).toBeGreaterThan(before), patient)
  }

  function start(): Promise<void> {
    // One file for each life: a line torn by the kill then is the last of its file.
    outputs.push(join(folder, `arrived-${outputs.length}.jsonl`))
    writeConfig()
    return becomeReady(() => {
      const started = spawn(binary, ['--config', configPath], { stdio: ['ignore', 'ignore', 'pipe'] })
      child = started
      started.stderr.on('data', (chunk: Buffer) => {
        log += chunk.toString('utf8')
      })
    })
  }

  async function kill(): Promise<void> {
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    const gone = once(child, 'exit')
    child.kill('SIGKILL')
    await gone
  }

  onTestFinished(kill)
  await start()
  return {
    origin,
    arrived: () => outputs.flatMap(readArrived),
    log: () => log,
    kill,
    start,
    reload(next) {
      current = next
      writeConfig()
      return becomeReady(() => child?.kill('SIGHUP'))
    },
  }
}
