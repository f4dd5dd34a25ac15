import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { gunzipSync } from 'node:zlib'
import { startSimulator } from '@asana-audit/simulator'
import { expect, test } from 'vitest'
import { bundledBin } from '../../scripts/bundle/bundled-bin.ts'

const _root = join(import.meta.dirname, '..', '..')

function gidsIn(text: string): string[] {
  return [...text.matchAll(/"key":"asana\.audit\.gid","value":\{"stringValue":"(\d+)"/g)].map(
    ([, gid]) => gid ?? '',
  )
}

test('one file runs two workspaces into three destinations, each with its own events', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'asana-audit-example-'))
  const acme = await startSimulator({ workspace: '1001', token: 'acme-token', events: 400, seed: 1 })
  const globex = await startSimulator({ workspace: '2002', token: 'globex-token', events: 400, seed: 2 })
  const received: string[] = []
  const collector = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    received.push(gunzipSync(Buffer.concat(chunks)).toString())
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}')
  })
  await new Promise<void>((resolve) => collector.listen(0, '127.0.0.1', resolve))
  try {
    const { stderr } = await promisify(execFile)(
      process.execPath,
      [bundledBin, ...['run', '--once', '--config', join(import.meta.dirname, 'pipelines.yaml')]],
      {
        env: {
          ...process.env,
          OUTPUT_FOLDER: folder,
          ACME_WORKSPACE: '1001',
          ACME_TOKEN: 'acme-token',
          ACME_BASE_URL: acme.url,
          GLOBEX_WORKSPACE: '2002',
          GLOBEX_TOKEN: 'globex-token',
          GLOBEX_BASE_URL: globex.url,
          COLLECTOR_URL: `http://127.0.0.1:${(collector.address() as AddressInfo).port}/v1/logs`,
          OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
        },
      },
    )
    const acmeGids = acme.events.map(({ gid }) => gid)
    const failedLogins = globex.events.filter(({ event_type: type }) => type === 'user_login_failed')
    expect(gidsIn(received.join('\n'))).toEqual(acmeGids)
    expect(gidsIn(await readFile(join(folder, 'acme.jsonl'), 'utf8'))).toEqual(acmeGids)
    expect(failedLogins.length).toBeGreaterThan(0)
    expect(gidsIn(await readFile(join(folder, 'globex-failed-logins.jsonl'), 'utf8'))).toEqual(
      failedLogins.map(({ gid }) => gid),
    )
    expect(stderr.match(/"message":"finished"/g)).toHaveLength(3)
  } finally {
    await acme.close()
    await globex.close()
    collector.closeAllConnections()
    await new Promise((resolve) => collector.close(resolve))
    await rm(folder, { recursive: true })
  }
})
