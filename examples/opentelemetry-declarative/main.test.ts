import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { startSimulator } from '@asana-audit/simulator'
import { afterEach, beforeEach, expect, onTestFinished, test } from 'vitest'
import { exampleNode } from '../../test/support/pages/example-node.ts'
import { listen } from '../../test/support/servers/listen.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'opentelemetry-declarative-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const stock = join(import.meta.dirname, 'otel.yaml')

async function run(config: string) {
  const simulator = await startSimulator({ events: 700 })
  onTestFinished(() => simulator.close())
  const bodies: string[] = []
  const receiver = await listen(async (request, response) => {
    bodies.push(Buffer.concat(await request.toArray()).toString('latin1'))
    response.end()
  })
  const env = {
    OTEL_CONFIG_FILE: config,
    LOGS_ENDPOINT: `${receiver}/v1/logs`,
    ASANA_BASE_URL: simulator.url,
    ASANA_TOKEN: 'simulator-token',
    ASANA_WORKSPACE: simulator.workspace,
    STATE_PATH: join(folder, 'state.db'),
  }
  const running = promisify(execFile)(exampleNode, ['main.ts', '--once'], { cwd: import.meta.dirname, env })
  const { stdout, stderr } = await running.catch((error: { stdout: string; stderr: string }) => error)
  const text = bodies.join('')
  const arrived = simulator.events.filter(({ gid }) => text.includes(gid)).length
  return { stdout, stderr, arrived }
}

test('with the stock exporter all events arrive, and the start says that this is best effort', async () => {
  const { stdout, stderr, arrived } = await run(stock)
  expect(stdout).toContain('delivered: 700, quarantined: 0')
  expect(stderr).toContain('[best_effort] AsanaAuditWarning: Events may be lost')
  expect(arrived).toBe(700)
})

// https://github.com/open-telemetry/opentelemetry-js/issues/5825: once a component can be registered, this test fails, and we can offer ours.
test.each(['exporter', 'processor'])(
  'a file that names a component of ours as %s is refused by the SDK, and we start nothing on it',
  async (what) => {
    const config = join(folder, 'otel.yaml')
    const ours = what === 'exporter' ? /otlp_http:/ : /batch:/
    writeFileSync(config, readFileSync(stock, 'utf8').replace(ours, 'asana_audit:'))
    const { stdout, stderr, arrived } = await run(config)
    expect(stdout + stderr).toMatch(/unknown LogRecord(Exporter|Processor) name.*asana_audit/)
    expect(stderr).toContain('has no forceFlush: it is not that of a started SDK')
    expect(arrived).toBe(0)
  },
)
