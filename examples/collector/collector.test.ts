import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { gunzipSync } from 'node:zlib'
import { startSimulator } from '@asana-audit/simulator'
import { beforeEach, expect, onTestFinished, test, vi } from 'vitest'
import { parse } from 'yaml'
import { bundledBin } from '../../scripts/bundle/bundled-bin.ts'
import { collectorPath } from '../../scripts/collector/location.ts'

const collector = collectorPath(process.env)

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'asana-audit-collector-'))
  return () => rmSync(folder, { recursive: true, force: true })
})

async function listen(listener: RequestListener): Promise<string> {
  const server = createServer(listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** A receiver of OTLP. It takes nothing until it is told that it is up. */
async function startReceiver() {
  const receiver = { url: '', up: false, taken: '' }
  receiver.url = await listen(async (request, response) => {
    const body = Buffer.concat(await request.toArray())
    if (!receiver.up) return void response.writeHead(503).end()
    const plain = request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body
    // Protobuf holds texts as they are.
    receiver.taken += plain.toString('latin1')
    response.writeHead(200, { 'content-type': request.headers['content-type'] }).end()
  })
  return receiver
}

async function startAsana() {
  const simulator = await startSimulator({ events: 1_500 })
  onTestFinished(() => simulator.close())
  return simulator
}

/** Delivers all there is with `asana-audit.yaml`, and rejects unless every event was accepted. */
async function deliverAll(asana: { url: string; workspace: string }, collectorUrl: string): Promise<void> {
  const token = join(folder, 'token')
  writeFileSync(token, 'simulator-token')
  const config = join(import.meta.dirname, 'asana-audit.yaml')
  await promisify(execFile)(process.execPath, [bundledBin, 'run', '--once', '--config', config], {
    env: {
      STATE_PATH: join(folder, 'state.db'),
      ASANA_BASE_URL: asana.url,
      ASANA_WORKSPACE: asana.workspace,
      ASANA_TOKEN_FILE: token,
      COLLECTOR_URL: collectorUrl,
    },
  })
}

async function startCollector(backend: string): Promise<{ child: ChildProcess; url: string }> {
  const child = spawn(collector ?? '', ['--config', join(import.meta.dirname, 'collector.yaml')], {
    env: {
      COLLECTOR_ADDRESS: '127.0.0.1:0',
      COLLECTOR_METRICS: 'none',
      COLLECTOR_STORAGE: join(folder, 'queue'),
      BACKEND_ENDPOINT: backend,
    },
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  let log = ''
  child.stderr.on('data', (chunk) => {
    log += chunk
  })
  await vi.waitFor(() => expect(log).toContain('Everything is ready'), { timeout: 300_000 })
  return { child, url: `http://${/"endpoint": "([^"]+)"/.exec(log)?.[1]}/v1/logs` }
}

function readYaml(name: string) {
  return parse(readFileSync(join(import.meta.dirname, name), 'utf8'))
}

test('every event goes to the receiver that asana-audit.yaml names', async () => {
  const [asana, receiver] = [await startAsana(), await startReceiver()]
  receiver.up = true
  await deliverAll(asana, `${receiver.url}/v1/logs`)
  expect(asana.events.filter(({ gid }) => !receiver.taken.includes(gid))).toEqual([])
})

test('the two files name the same address', () => {
  const { endpoint } = readYaml('collector.yaml').receivers.otlp.protocols.http
  const [{ otlp }] = readYaml('asana-audit.yaml').pipelines[0].to
  const fallback = (text: string): string | undefined => /:-(.+)\}$/.exec(text)?.[1]
  expect(fallback(otlp.endpoint)).toBe(`http://${fallback(endpoint)}/v1/logs`)
})

test('the pipeline answers only when the records are on disk, and never drops them', () => {
  const { receivers, processors, exporters, extensions, service } = readYaml('collector.yaml')
  const pipelines: Record<string, { receivers: string[]; processors: string[]; exporters: string[] }> =
    service.pipelines
  for (const pipeline of Object.values(pipelines)) {
    expect(Object.keys(receivers)).toEqual(pipeline.receivers)
    expect(pipeline.processors).toEqual(['memory_limiter'])
    expect(Object.keys(processors)).toEqual(pipeline.processors)
    expect(Object.keys(exporters)).toEqual(pipeline.exporters)
  }
  for (const { sending_queue: queue, retry_on_failure: retry } of Object.values<never>(exporters)) {
    expect(service.extensions).toContain((queue as { storage: string }).storage)
    expect(extensions[(queue as { storage: string }).storage]).toMatchObject({ fsync: true })
    expect(retry).toMatchObject({ max_elapsed_time: 0 })
  }
})

test.runIf(collector)(
  'what a real collector accepted survives its death, with the backend down',
  async () => {
    const [asana, backend] = [await startAsana(), await startReceiver()]
    const first = await startCollector(backend.url)
    await deliverAll(asana, first.url)
    expect(backend.taken).toBe('')
    const dead = new Promise((resolve) => first.child.once('exit', resolve))
    first.child.kill('SIGKILL')
    await dead
    backend.up = true
    await startCollector(backend.url)
    const missing = () => asana.events.filter(({ gid }) => !backend.taken.includes(gid))
    await vi.waitFor(() => expect(missing()).toEqual([]), { timeout: 300_000 })
  },
)
