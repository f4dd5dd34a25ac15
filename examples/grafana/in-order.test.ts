import { execFile, execFileSync, spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { type Simulator, startSimulator } from '@asana-audit/simulator'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { bundledBin } from '../../scripts/bundle/bundled-bin.ts'
import { collectorPath } from '../../scripts/collector/location.ts'
import { startLoki } from './fake-loki.ts'

const collector = collectorPath(process.env)
const inFolder = (name: string): string => join(import.meta.dirname, name)

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'asana-audit-grafana-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** The history, then what is new, as the README says. */
async function deliverAll(simulator: Simulator, folder: string, collectorUrl: string): Promise<void> {
  const token = join(folder, 'token')
  writeFileSync(token, 'simulator-token')
  const env = {
    STATE_PATH: join(folder, 'state.db'),
    ASANA_BASE_URL: simulator.url,
    ASANA_WORKSPACE: simulator.workspace,
    ASANA_TOKEN_FILE: token,
    COLLECTOR_URL: `${collectorUrl}/v1/logs`,
  }
  const run = (more: object) =>
    promisify(execFile)(
      process.execPath,
      [bundledBin, 'run', '--once', '--config', inFolder('asana-audit.yaml')],
      {
        env: { ...env, ...more },
      },
    )
  await run({ UNTIL: '1h' })
  await run({})
}

async function startAsana(): Promise<Simulator> {
  const simulator = await startSimulator({ events: 6_000 })
  onTestFinished(() => simulator.close())
  return simulator
}

test('asana-audit delivers the history in the order of the log, and everything', async () => {
  const asana = await startAsana()
  const gids = asana.events.map(({ gid }) => gid)
  const loki = await startLoki(new Set(gids), { refusals: 2 })
  await deliverAll(asana, temporaryFolder(), loki.url)
  expect(loki.taken).toEqual(gids)
})

describe.skipIf(!collector)('a real Collector', () => {
  const files = ['../collector/collector.yaml', 'collector-loki.yaml'].map(inFolder)
  const args = files.flatMap((file) => ['--config', file])

  test('takes both files together', () => {
    const env = { ...process.env, LOKI_URL: 'https://loki.example.com' }
    execFileSync(collector as string, ['validate', ...args], { env })
  })

  test('passes the history on in the same order, even if Loki is down at first', async () => {
    const folder = temporaryFolder()
    const asana = await startAsana()
    const gids = asana.events.map(({ gid }) => gid)
    const loki = await startLoki(new Set(gids), { refusals: 2 })
    const env = {
      ...{ COLLECTOR_ADDRESS: '127.0.0.1:0', COLLECTOR_METRICS: 'none', LOKI_URL: loki.url },
      COLLECTOR_STORAGE: join(folder, 'queue'),
    }
    const child = spawn(collector as string, args, { env })
    onTestFinished(() => void child.kill('SIGKILL'))
    let log = ''
    child.stderr.on('data', (chunk) => {
      log += chunk
    })
    await vi.waitFor(() => expect(log).toContain('Everything is ready'), { timeout: 300_000 })
    await deliverAll(asana, folder, `http://${/"endpoint": "([^"]+)"/.exec(log)?.[1]}`)
    await vi.waitFor(() => expect(loki.taken.length).toBe(asana.events.length), { timeout: 300_000 })

    expect(loki.taken).toEqual(gids)
    expect(loki.paths).toEqual(new Set(['/otlp/v1/logs']))
  })
})
