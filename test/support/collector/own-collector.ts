import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, vi } from 'vitest'
import { collectorPath } from '../../../scripts/collector/location.ts'
import { endChild } from '../commands/end-child.ts'
import { temporaryFolder } from '../commands/run-command.ts'
import { closedPort } from '../servers/listen.ts'

/** A collector with a configuration that a page shows to users. */
export interface OwnCollector {
  /** Where it takes OTLP over HTTP. */
  readonly origin: string
  /** What it has said so far. */
  log(): string
  /** SIGKILL. */
  kill(): Promise<void>
  /** After a kill, the same again on the same port. */
  start(): Promise<void>
}

/**
 * Starts a collector that ends with the test. `configs`: the text of its YAML, or of several that it joins. They read the address to listen
 * on from `COLLECTOR_ADDRESS` and the level of its own metrics from `COLLECTOR_METRICS`.
 */
export async function startOwnCollector(
  configs: string | readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<OwnCollector> {
  const binary = collectorPath(process.env)
  if (!binary) throw new Error('There is no collector; `pnpm setup:collector` builds one.')
  const folder = temporaryFolder()
  const flags = [configs].flat().flatMap((config, at) => {
    const path = join(folder, `collector-${at}.yaml`)
    writeFileSync(path, config)
    return ['--config', path]
  })
  const origin = await closedPort()
  let child: ChildProcess | undefined
  let log = ''

  async function start(): Promise<void> {
    const began = log.length
    const started = spawn(binary as string, flags, {
      env: { COLLECTOR_ADDRESS: new URL(origin).host, COLLECTOR_METRICS: 'none', ...env },
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    child = started
    started.stderr.on('data', (chunk: Buffer) => {
      log += chunk.toString('utf8')
    })
    const ready = vi.waitFor(() => expect(log.slice(began)).toContain('Everything is ready'), {
      timeout: 300_000,
      interval: 20,
    })
    const ended = once(started, 'close').then(() => {
      throw new Error(`The collector has ended.\n${log.slice(-4_000)}`)
    })
    await Promise.race([ready, ended])
    ended.catch(() => {})
  }

  const kill = (): Promise<void> => endChild(child, 'SIGKILL')

  onTestFinished(kill)
  await start()
  return { origin, log: () => log, kill, start }
}
