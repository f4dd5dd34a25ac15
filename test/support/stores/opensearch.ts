import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { afterAll, test, vi } from 'vitest'
import { openSearchFolder } from '../../../scripts/opensearch/location.ts'
import { endChild } from '../commands/end-child.ts'
import { closedPort } from '../servers/listen.ts'

/** A real OpenSearch: one node, on this machine alone. */
export interface OpenSearch {
  readonly origin: string
  /** Sends a request: JSON, or lines of it where the body is a text. Fails with what the store says, unless that is a success. */
  ask<Answer>(method: string, path: string, body?: object | string): Promise<Answer>
  /** SIGKILL. */
  kill(): Promise<void>
  /** After a kill: the same node again, on the same port, with what it had on disk. */
  start(): Promise<void>
  /** Kills it and deletes what it had. */
  end(): Promise<void>
}

const runs = openSearchFolder(process.env) !== undefined || process.env['REQUIRE_OPENSEARCH'] === '1'

/** Skipped, and said to be, where `pnpm setup:opensearch` was not run. With `REQUIRE_OPENSEARCH=1` it runs and fails instead. */
export const testWithOpenSearch: typeof test = test.runIf(runs) as typeof test
// A store in Java and the command share the cores with other tests: only what hangs should fail by time.
vi.setConfig({ testTimeout: 900_000, hookTimeout: 900_000 })
if (!runs) process.stdout.write('Skipping tests that need OpenSearch: `pnpm setup:opensearch` fetches it.\n')

/** One for all tests of a file, started by the first that needs it. */
export function sharedOpenSearch(): () => Promise<OpenSearch> {
  let started: Promise<OpenSearch> | undefined
  afterAll(async () => (await started)?.end())
  return () => {
    started ??= startOpenSearch()
    return started
  }
}

export async function startOpenSearch(): Promise<OpenSearch> {
  const home = mkdtempSync(join(tmpdir(), 'asana-audit-opensearch-'))
  const origin = await closedPort()
  let child: ChildProcess | undefined

  const kill = (): Promise<void> => endChild(child, 'SIGKILL')

  async function start(): Promise<void> {
    const started = spawnNode(home, new URL(origin).port)
    child = started.child
    const isReady = async () => {
      const { ok } = await fetch(`${origin}/_cluster/health?wait_for_status=yellow&timeout=1s`)
      if (!ok) throw new Error(`OpenSearch is not ready.\n${started.log()}`)
    }
    await Promise.race([vi.waitFor(isReady, { timeout: 240_000, interval: 100 }), started.ended])
  }

  const store: OpenSearch = {
    origin,
    ask: (method, path, body) => ask(origin, method, path, body),
    kill,
    start,
    async end() {
      await kill()
      rmSync(home, { recursive: true, force: true })
    },
  }
  await start().catch(async (error: unknown) => {
    await store.end()
    throw error
  })
  return store
}

/** `ended` rejects with what the node said last. */
function spawnNode(
  home: string,
  port: string,
): { child: ChildProcess; log(): string; ended: Promise<never> } {
  const folder = openSearchFolder(process.env)
  if (!folder) throw new Error('There is no OpenSearch; `pnpm setup:opensearch` fetches it.')
  const classes = [folder, join(folder, 'jars', '*')].join(delimiter)
  const memory = ['-Xms512m', '-Xmx512m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1']
  const child = spawn('java', [...memory, '-cp', classes, 'OpenSearchNode', home, port], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let log = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => {
      log = (log + chunk.toString()).slice(-8_000)
    })
  const ended = once(child, 'close').then(() => {
    throw new Error(`OpenSearch has ended.\n${log}`)
  })
  // Only a start waits for it.
  ended.catch(() => {})
  return { child, log: () => log, ended }
}

async function ask<Answer>(
  origin: string,
  method: string,
  path: string,
  body?: object | string,
): Promise<Answer> {
  const isLines = typeof body === 'string'
  const response = await fetch(`${origin}/${path}`, {
    method,
    ...(body !== undefined && {
      headers: { 'content-type': isLines ? 'application/x-ndjson' : 'application/json' },
      body: isLines ? body : JSON.stringify(body),
    }),
  })
  const text = await response.text()
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`)
  return JSON.parse(text) as Answer
}
