import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { onTestFinished, vi } from 'vitest'
import { temporaryFolder } from '../commands/run-command.ts'
import { closedPort } from '../servers/listen.ts'
import { requireAlertmanager, requirePrometheusTool } from './suite.ts'

/** Starts a server for one test, and waits until it is ready. Gives its origin. */
async function start([program, ...args]: readonly [string, ...string[]], origin: string): Promise<string> {
  const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'pipe'] })
  let log = ''
  child.stderr.on('data', (chunk: Buffer) => {
    log = (log + chunk.toString()).slice(-4_000)
  })
  const closed = once(child, 'close')
  onTestFinished(async () => {
    child.kill('SIGKILL')
    await closed
  })
  const ended = closed.then(() => {
    throw new Error(`${program} has ended.\n${log}`)
  })
  const isReady = async () => {
    const { ok } = await fetch(`${origin}/-/ready`)
    if (!ok) throw new Error(`${program} is not ready.\n${log}`)
  }
  await Promise.race([vi.waitFor(isReady, { timeout: 200_000, interval: 100 }), ended])
  return origin
}

/** Starts a real Prometheus. `config` is that of its file, which is in the same folder as `files`, by name. */
export async function startPrometheus(
  config: object,
  files: Readonly<Record<string, string>>,
): Promise<string> {
  const folder = temporaryFolder()
  // JSON is YAML.
  const all = { ...files, 'prometheus.yml': JSON.stringify(config) }
  for (const [name, text] of Object.entries(all)) writeFileSync(join(folder, name), text)
  const origin = await closedPort()
  const args = [
    `--config.file=${join(folder, 'prometheus.yml')}`,
    `--storage.tsdb.path=${join(folder, 'data')}`,
    `--web.listen-address=${new URL(origin).host}`,
  ]
  return start([requirePrometheusTool('prometheus'), ...args], origin)
}

/** Starts a real Alertmanager, which joins no cluster. */
export async function startAlertmanager(config: object): Promise<string> {
  const { command, root } = requireAlertmanager()
  const folder = mkdtempSync(join(root, 'tmp', 'asana-audit-test-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  writeFileSync(join(folder, 'alertmanager.yml'), JSON.stringify(config))
  const inRoot = `/${relative(root, folder)}`
  const origin = await closedPort()
  const args = [
    `--config.file=${inRoot}/alertmanager.yml`,
    `--storage.path=${inRoot}/data`,
    `--web.listen-address=${new URL(origin).host}`,
    '--cluster.listen-address=',
  ]
  return start([...command, ...args], origin)
}
