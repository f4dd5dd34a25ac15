import { renameSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { sqliteState } from '@asana-audit/core/sqlite-state'
import { expect, onTestFinished, test, vi } from 'vitest'
import { closedPort, listen } from '../../../../test/support/servers/listen.ts'
import { lastFindingsNote } from '../../src/progress/finding/last-findings.ts'
import { ask } from '../support/ask.ts'
import { runCommand } from '../support/run-command.ts'
import { running } from '../support/running.ts'
import { testPipeline } from '../support/test-pipeline.ts'

const eventually = <T>(check: () => Promise<T>): Promise<T> => vi.waitFor(check, { timeout: 200_000 })

async function statusOf(url: string) {
  const { pipelines, ...rest } = JSON.parse((await ask(`${url}status.json`)).body)
  const [pipeline] = pipelines
  return { ...rest, ...pipeline, live: pipeline.lanes.find(({ lane }: { lane: string }) => lane === 'live') }
}

test('a run says that it lives, is ready and has delivered everything', async () => {
  await using pipeline = await testPipeline({ events: 120 })
  const { url, stop } = await running([...pipeline.to, '--listen', '127.0.0.1:0'], pipeline.env)
  expect(await ask(`${url}livez`)).toMatchObject({ status: 200, body: 'ok\n' })
  await eventually(async () => expect((await ask(`${url}readyz`)).status).toBe(200))
  await eventually(async () => expect((await statusOf(url)).condition).toBe('caught_up'))
  const { live, phase, quarantine, fault } = await statusOf(url)
  expect({ phase, quarantine, fault }).toEqual({ phase: 'running', quarantine: [], fault: null })
  expect(live).toMatchObject({ delivered: 120, deletedInMs: null, trouble: null, backlog: null })
  expect(live.newestAt).toBe(pipeline.simulator.events.at(-1)?.created_at)
  expect(live.lagMs).toBeLessThan(60_000)
  expect(await stop()).toBe(0)
})

test('a run gives its metrics, as text and as OpenMetrics', async () => {
  await using pipeline = await testPipeline({ events: 120 })
  const { url } = await running([...pipeline.to, '--listen', '127.0.0.1:0'], pipeline.env)
  const delivered = /^asana_audit_events_delivered_total\{.*lane="live",destination="file"\} 120$/m
  await eventually(async () => expect((await ask(`${url}metrics`)).body).toMatch(delivered))
  const accept = 'application/openmetrics-text;version=1.0.0'
  expect((await ask(`${url}metrics`, { Accept: accept })).body).toMatch(/\n# EOF\n$/)
})

test('while the destination is down a run is ready, and its status says since when and when it tries again', async () => {
  await using pipeline = await testPipeline({ events: 20 })
  const env = { ...pipeline.env, OTEL_EXPORTER_OTLP_ENDPOINT: await closedPort() }
  const { url } = await running(['--to', 'otlp', '--listen', '127.0.0.1:0'], env)
  await eventually(async () => expect((await statusOf(url)).condition).toBe('retrying'))
  const { trouble, delivered, deletedInMs } = (await statusOf(url)).live
  expect({ delivered, part: trouble.part }).toEqual({ delivered: 0, part: 'sink' })
  expect(Date.parse(trouble.nextAttemptAt)).toBeGreaterThanOrEqual(Date.parse(trouble.since))
  expect(deletedInMs).toBe(0)
  expect((await ask(`${url}readyz`)).status).toBe(200)
})

test('a refused token is a pause with its next step, and the run is ready', async () => {
  await using pipeline = await testPipeline({ events: 20 })
  const refusing = await listen((_, response) => response.writeHead(401).end())
  const env = { ...pipeline.env, ASANA_BASE_URL: refusing }
  const { url } = await running([...pipeline.to, '--listen', '127.0.0.1:0'], env)
  await eventually(async () => expect((await statusOf(url)).condition).toBe('paused'))
  expect((await statusOf(url)).live.trouble).toMatchObject({ kind: 'paused', part: 'source' })
  expect((await ask(`${url}readyz`)).status).toBe(200)
})

test('a run whose state was moved away is not ready, and says so without a path', async () => {
  await using pipeline = await testPipeline({ events: 20 })
  const { url } = await running([...pipeline.to, '--listen', '127.0.0.1:0'], pipeline.env)
  await eventually(async () => expect((await statusOf(url)).condition).toBe('caught_up'))
  renameSync(pipeline.file('state.db'), pipeline.file('moved.db'))
  await eventually(async () => expect((await ask(`${url}readyz`)).status).toBe(503))
  expect((await ask(`${url}readyz`)).body).toBe('not ready: positions cannot be saved (state_gone)\n')
})

test('a damaged note about findings leaves the status of everything else as it is', async () => {
  await using pipeline = await testPipeline({ events: 20 })
  {
    await using state = sqliteState({ path: pipeline.file('state.db') })
    await (await state.claim('elsewhere')).release()
    await state.note('elsewhere', lastFindingsNote, 'damaged')
  }
  const { url } = await running([...pipeline.to, '--listen', '127.0.0.1:0'], pipeline.env)
  await eventually(async () => expect((await statusOf(url)).condition).toBe('caught_up'))
  expect((await ask(url)).status).toBe(200)
})

test('a port in use is a sentence and exit status 2, before anything is asked', async () => {
  await using pipeline = await testPipeline({ events: 20 })
  const other = createServer()
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void other.close())
  const { port } = other.address() as { port: number }
  const at = `127.0.0.1:${port}`
  const { code, stderr } = await pipeline.command('run', '--once', '--log', 'human', '--listen', at)
  expect(code).toBe(2)
  expect(stderr).toBe(
    `✗ --listen: Port ${port} of 127.0.0.1 is in use, perhaps by another run. Stop that program, or choose another port. Nothing was started.\n`,
  )
  expect(pipeline.simulator.stats.requests).toBe(0)
  expect(pipeline.delivered()).toEqual([])
})

test('the settings of a file work, and flags override them', async () => {
  await using pipeline = await testPipeline({ events: 20 })
  const { env, file } = pipeline
  writeFileSync(file('token'), 'a-token-made-for-this-test\n')
  writeFileSync(
    file('run.yaml'),
    JSON.stringify({
      ...{ listen: '0.0.0.0:0', listen_token_file: 'token', listen_hosts: ['Audit.Example.com'] },
      pipelines: [{ workspace: env['ASANA_WORKSPACE'], to: { file: { path: 'a.jsonl' } } }],
    }),
  )
  const { url } = await running(['--config', file('run.yaml'), '--listen', '127.0.0.1:0'], env)
  expect(new URL(url).hostname).toBe('127.0.0.1')
  const asked = (token: string) =>
    ask(`${url}status.json`, { Host: 'audit.example.com', Authorization: `Bearer ${token}` })
  expect((await asked('wrong')).status).toBe(401)
  expect((await asked('a-token-made-for-this-test')).status).toBe(200)
})

test('the page and the status of a run show its alarms', async () => {
  await using pipeline = await testPipeline({ events: 20 })
  const { env, file } = pipeline
  const to = `file:${file('a.jsonl')}`
  writeFileSync(
    file('run.yaml'),
    JSON.stringify({ alarm: {}, pipelines: [{ workspace: env['ASANA_WORKSPACE'], to }] }),
  )
  const { url } = await running(['--config', file('run.yaml'), '--listen', '127.0.0.1:0'], env)
  await eventually(async () => {
    const { alarms } = await statusOf(url)
    expect(alarms).toContainEqual(expect.objectContaining({ kind: 'not_read', state: 'OK' }))
  })
  await eventually(async () =>
    expect((await ask(url)).body).toContain('<dt>Alarms</dt><dd>none of 6 is raised'),
  )
})

test('a backfill does not take the port of a run', async () => {
  await using pipeline = await testPipeline({ events: 20 })
  const { env, file } = pipeline
  const yaml = (port: number) =>
    JSON.stringify({
      ...{ listen: `127.0.0.1:${port}` },
      pipelines: [{ workspace: env['ASANA_WORKSPACE'], to: `file:${file('b.jsonl')}` }],
    })
  const other = createServer()
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void other.close())
  writeFileSync(file('run.yaml'), yaml((other.address() as { port: number }).port))
  expect((await runCommand(['backfill', '--config', file('run.yaml'), '--since', '30d'], env)).code).toBe(0)
})
