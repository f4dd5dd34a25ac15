import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { sqliteState } from '@asana-audit/core/sqlite-state'
import { type Simulator, startSimulator } from '@asana-audit/simulator'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { exampleNode } from '../../test/support/pages/example-node.ts'

interface Webhook {
  readonly url: string
  /** Gids in the order they were taken. */
  readonly taken: string[]
  /** What to answer instead of 204, by the gids of one write. */
  refuse: (gids: string[]) => number | undefined
  close(): void
}

async function startWebhook(): Promise<Webhook> {
  const taken: string[] = []
  const server = createServer(async (request, response) => {
    const events = JSON.parse(Buffer.concat(await request.toArray()).toString()) as { gid: string }[]
    const gids = events.map(({ gid }) => gid)
    const refusal = webhook.refuse(gids)
    if (refusal === undefined) taken.push(...gids)
    response.writeHead(refusal ?? 204).end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const webhook: Webhook = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    taken,
    refuse: () => undefined,
    close: () => server.close(),
  }
  return webhook
}

let folder: string
let simulator: Simulator
let webhook: Webhook
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'custom-sink-'))
  simulator = await startSimulator({ events: 1_500 })
  webhook = await startWebhook()
})
afterEach(async () => {
  rmSync(folder, { recursive: true })
  webhook.close()
  await simulator.close()
})

const statePath = (): string => join(folder, 'state.db')

async function run(): Promise<string> {
  const { stdout } = await promisify(execFile)(exampleNode, ['main.ts'], {
    cwd: import.meta.dirname,
    env: {
      ASANA_BASE_URL: simulator.url,
      ASANA_TOKEN: 'simulator-token',
      ASANA_WORKSPACE: simulator.workspace,
      WEBHOOK_URL: webhook.url,
      STATE_PATH: statePath(),
    },
  })
  return stdout
}

const gids = (): string[] => simulator.events.map(({ gid }) => gid)

test('the webhook gets every event once, in order, and the next run only what is new', async () => {
  expect(await run()).toContain('{ delivered: 1500, quarantined: 0, ')
  expect(webhook.taken).toEqual(gids())
  simulator.grow(5)
  expect(await run()).toContain('{ delivered: 5, quarantined: 0, ')
  expect(webhook.taken).toEqual(gids())
})

test('what it answers with 503 is sent again', async () => {
  let failures = 1
  webhook.refuse = () => (failures-- > 0 ? 503 : undefined)
  await run()
  expect(webhook.taken).toEqual(gids())
})

test('the one event it answers with 422 ends in the quarantine, all others arrive', async () => {
  const bad = gids()[700] ?? ''
  webhook.refuse = (write) => (write.includes(bad) ? 422 : undefined)
  expect(await run()).toContain('{ delivered: 1499, quarantined: 1, ')
  expect(webhook.taken).toEqual(gids().filter((gid) => gid !== bad))
  const state = sqliteState({ path: statePath() })
  const entries: unknown[] = []
  for await (const entry of state.quarantine('webhook')) entries.push(entry)
  await state.close()
  expect(entries).toMatchObject([{ id: bad, code: 'webhook_422', event: { gid: bad } }])
})

test('a 401 ends the run, and nothing counts as delivered', async () => {
  webhook.refuse = () => 401
  await expect(run()).rejects.toThrow('The webhook answered 401.')
  webhook.refuse = () => undefined
  await run()
  expect(webhook.taken).toEqual(gids())
})

test('is the second example in the README of the core', () => {
  const read = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8')
  expect(read('../../packages/core/README.md')).toContain(`\`\`\`ts\n${read('main.ts')}\`\`\``)
})
