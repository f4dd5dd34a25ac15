import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { startSimulator } from '@asana-audit/simulator'
import { expect, onTestFinished, test } from 'vitest'
import { exampleNode } from '../../test/support/pages/example-node.ts'

interface Alert {
  readonly id: string
  readonly title: string
}

test('alerts of every attack are posted exactly once, although the webhook fails now and then', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'detections-'))
  const simulator = await startSimulator({
    events: 800,
    days: 7,
    mix: 'everyday',
    stories: ['account-takeover', 'service-account-backdoor'],
  })
  const taken: Alert[] = []
  let requests = 0
  const webhook = createServer(async (request, response) => {
    const alert = JSON.parse(Buffer.concat(await request.toArray()).toString())
    requests += 1
    if (requests === 4) return response.writeHead(503).end()
    taken.push(alert)
    return response.writeHead(204).end()
  }).listen(0, '127.0.0.1')
  await once(webhook, 'listening')
  onTestFinished(async () => {
    webhook.close()
    await simulator.close()
    rmSync(folder, { recursive: true })
  })
  const env = {
    ASANA_BASE_URL: simulator.url,
    ASANA_TOKEN: 'simulator-token',
    ASANA_WORKSPACE: simulator.workspace,
    WEBHOOK_URL: `http://127.0.0.1:${(webhook.address() as AddressInfo).port}/`,
    STATE_PATH: join(folder, 'state.db'),
  }
  const run = () => promisify(execFile)(exampleNode, ['main.ts'], { cwd: import.meta.dirname, env })

  await run()
  const titles = new Set(taken.map(({ title }) => title))
  expect([...titles]).toEqual(
    expect.arrayContaining([
      'Many failed logins, then a success',
      'Many attachments downloaded by one actor',
      'Service account created, then it exports',
    ]),
  )
  const posted = taken.length
  // What was posted before the webhook failed came twice, under the same id.
  expect(new Set(taken.map(({ id }) => id)).size).toBe(posted - 3)
  await run()
  expect(taken).toHaveLength(posted)
})
