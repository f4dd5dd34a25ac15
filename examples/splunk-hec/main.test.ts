import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { applyFieldPolicy, defaultFieldPolicy } from '@asana-audit/schema'
import { type Simulator, startSimulator } from '@asana-audit/simulator'
import { afterEach, beforeEach, expect, test } from 'vitest'
import {
  type Envelope,
  type HecReceiver,
  startHecReceiver,
} from '../../packages/splunk-hec/test/support/hec-receiver.ts'
import { exampleNode } from '../../test/support/pages/example-node.ts'

const token = '0e7f1a52-7c1f-4f6e-9d0a-6f3f2b0c1d2e'

let folder: string
let simulator: Simulator
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'splunk-hec-'))
  simulator = await startSimulator({ events: 1_500 })
})
afterEach(async () => {
  rmSync(folder, { recursive: true })
  await simulator.close()
})

async function run(splunk: HecReceiver): Promise<string> {
  const { stdout } = await promisify(execFile)(exampleNode, ['main.ts'], {
    cwd: import.meta.dirname,
    env: {
      ASANA_BASE_URL: simulator.url,
      ASANA_TOKEN: 'simulator-token',
      ASANA_WORKSPACE: simulator.workspace,
      SPLUNK_HEC_URL: splunk.url,
      SPLUNK_HEC_TOKEN: token,
      STATE_PATH: join(folder, 'state.db'),
    },
  })
  return stdout
}

const gidOf = ({ event }: Envelope): string => (event as { gid: string }).gid

test('Splunk gets every event as Asana sent it, after the field policy, and the next run brings only what is new', async () => {
  const splunk = await startHecReceiver({ token })
  expect(await run(splunk)).toMatch(/^\{ delivered: 1500, quarantined: 0, repeats: \d+ \}\n$/)
  const events = new Map(splunk.indexed.map((envelope) => [gidOf(envelope), envelope]))
  expect(splunk.indexed).toHaveLength(1_500)
  for (const event of simulator.events) {
    expect(events.get(event.gid)).toEqual({
      time: Date.parse(event.created_at) / 1000,
      host: simulator.workspace,
      source: 'asana:audit_log_api',
      sourcetype: 'asana:audit',
      event: applyFieldPolicy(event, defaultFieldPolicy),
      fields: expect.objectContaining({ asana_gid: event.gid, asana_event_type: event.event_type }),
    })
  }
  simulator.grow(5)
  expect(await run(splunk)).toMatch(/^\{ delivered: 5, quarantined: 0,/)
  expect(splunk.indexed).toHaveLength(1_505)
})

test('the one event Splunk refuses ends in the quarantine, all others arrive once', async () => {
  const bad = simulator.events[700]?.gid ?? ''
  const splunk = await startHecReceiver({
    token,
    objection: (envelope) => (gidOf(envelope) === bad ? 6 : undefined),
  })
  expect(await run(splunk)).toMatch(/^\{ delivered: 1499, quarantined: 1, repeats: \d+ \}\n$/)
  const arrived = splunk.indexed.map(gidOf)
  expect(arrived).toHaveLength(1_499)
  expect(new Set(arrived)).toEqual(
    new Set(simulator.events.map(({ gid }) => gid).filter((gid) => gid !== bad)),
  )
})

test('a token Splunk does not know ends the run, and nothing counts as delivered', async () => {
  const strict = await startHecReceiver({ token: 'another' })
  await expect(run(strict)).rejects.toThrow('answered 403 (code 4)')
  const splunk = await startHecReceiver({ token })
  await run(splunk)
  expect(splunk.indexed).toHaveLength(1_500)
})

test('is the example in the README of the package', () => {
  const read = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8')
  expect(read('../../packages/splunk-hec/README.md')).toContain(`\`\`\`ts\n${read('main.ts')}\`\`\``)
})
