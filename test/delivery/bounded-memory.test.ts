import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import { bundledBin } from '../../scripts/bundle/bundled-bin.ts'

const pageSize = 20
const pages = 400

/** Serves 8,000 events of 60 kB, 480 MB in all, and creates each page when it is requested. */
async function heavyAsana(): Promise<Server> {
  const filler = 'x'.repeat(60_000)
  const server = createServer((request, response) => {
    const offset = Number(new URL(request.url ?? '/', 'http://x').searchParams.get('offset') ?? 0)
    const data = Array.from({ length: offset < pages ? pageSize : 0 }, (_, index) => ({
      gid: String(1_200_000_000_000_000 + offset * pageSize + index),
      created_at: new Date(Date.UTC(2026, 0, 1) + (offset * pageSize + index) * 1_000).toISOString(),
      event_type: 'user_login_succeeded',
      actor: { actor_type: 'asana' },
      details: { filler },
    }))
    response.writeHead(200, { 'content-type': 'application/json' })
    response.end(JSON.stringify({ data, next_page: { offset: String(Math.min(offset + 1, pages)) } }))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return server
}

/** Answers nothing until the sender has reached its limit of open requests, then 503 for a while, then accepts everything. */
async function stuckReceiver(): Promise<{ server: Server; accepted: () => number }> {
  let requests = 0
  let accepted = 0
  const server = createServer(async (request, response) => {
    requests += 1
    const mine = requests
    for await (const _ of request);
    if (mine > 1 && mine <= 4) response.writeHead(503, { 'retry-after': '0' }).end()
    else {
      accepted += 1
      response.writeHead(200).end()
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { server, accepted: () => accepted }
}

const urlOf = (server: Server): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}`

test('half a gigabyte of large events to a slow destination needs only a small heap', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'asana-audit-memory-'))
  const asana = await heavyAsana()
  const { server: receiver, accepted } = await stuckReceiver()
  try {
    const child = spawn(
      process.execPath,
      [
        '--max-old-space-size=160',
        bundledBin,
        ...['run', '--once', '--to', 'otlp', '--state', join(folder, 'state.db')],
      ],
      {
        env: {
          PATH: process.env['PATH'] ?? '',
          HOME: folder,
          ASANA_TOKEN: 't',
          ASANA_WORKSPACE: '1',
          ASANA_BASE_URL: `${urlOf(asana)}/api/1.0`,
          OTEL_EXPORTER_OTLP_ENDPOINT: urlOf(receiver),
        },
        stdio: ['ignore', 'ignore', 'pipe'],
      },
    )
    const [stderr, [code]] = await Promise.all([text(child.stderr), once(child, 'close')])
    expect(stderr).toContain(`"delivered":${pages * pageSize}`)
    expect(code).toBe(0)
    expect(accepted()).toBeGreaterThan(0)
  } finally {
    for (const server of [asana, receiver]) {
      server.closeAllConnections()
      server.close()
    }
    rmSync(folder, { recursive: true })
  }
})
