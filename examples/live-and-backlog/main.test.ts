import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { startSimulator } from '@asana-audit/simulator'
import { expect, onTestFinished, test } from 'vitest'
import { exampleNode } from '../../test/support/pages/example-node.ts'

test('every event arrives once, the backlog by its own lane, and the next run delivers only what is new', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'live-and-backlog-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const simulator = await startSimulator({ events: 12_000 })
  onTestFinished(() => simulator.close())
  const output = join(folder, 'audit.jsonl')
  const run = async (): Promise<string> => {
    const env = {
      ASANA_BASE_URL: simulator.url,
      ASANA_TOKEN: 'simulator-token',
      ASANA_WORKSPACE: simulator.workspace,
      STATE_PATH: join(folder, 'state.db'),
      OUTPUT: output,
    }
    const { stdout } = await promisify(execFile)(exampleNode, ['main.ts'], {
      cwd: import.meta.dirname,
      env,
    })
    return stdout
  }
  expect(await run()).toMatch(/delivered: 12000, quarantined: 0[\s\S]*backlog: 12000/)
  simulator.grow(5)
  expect(await run()).toContain('delivered: 5, quarantined: 0')
  const gids = [
    ...readFileSync(output, 'utf8').matchAll(/"log\.record\.uid","value":\{"stringValue":"(\d+)"/g),
  ].map(([, gid]) => gid)
  expect(gids.toSorted()).toEqual(simulator.events.map(({ gid }) => gid).toSorted())
})
