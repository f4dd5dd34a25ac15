import { execFile } from 'node:child_process'
import { createReadStream, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { readRecords } from '@asana-audit/otlp'
import { type Simulator, startSimulator } from '@asana-audit/simulator'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { exampleNode } from '../../test/support/pages/example-node.ts'

let folder: string
let simulator: Simulator
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'first-delivery-'))
  simulator = await startSimulator({ events: 1_500 })
})
afterEach(async () => {
  rmSync(folder, { recursive: true })
  await simulator.close()
})

async function run(): Promise<string> {
  const { stdout } = await promisify(execFile)(exampleNode, [join(import.meta.dirname, 'main.ts')], {
    cwd: folder,
    env: {
      ASANA_BASE_URL: simulator.url,
      ASANA_TOKEN: 'simulator-token',
      ASANA_WORKSPACE: simulator.workspace,
    },
  })
  return stdout
}

async function writtenGids(): Promise<unknown[]> {
  const name = join(folder, 'audit.jsonl')
  const problems: string[] = []
  const records = readRecords({
    input: createReadStream(name),
    name,
    onProblem: ({ message }) => problems.push(message),
  })
  const gids = await Array.fromAsync(records, ({ attributes }) => attributes['asana.audit.gid'])
  expect(problems).toEqual([])
  return gids
}

test('every event is in the file once, and the next start adds only what is new', async () => {
  expect(await run()).toMatch(/^\{ delivered: 1500, quarantined: 0, repeats: \d+ \}\n$/)
  simulator.grow(5)
  expect(await run()).toMatch(/^\{ delivered: 5, quarantined: 0, repeats: \d+ \}\n$/)
  expect((await writtenGids()).toSorted()).toEqual(simulator.events.map(({ gid }) => gid).toSorted())
})

test('is the program in the README of the repository', () => {
  const read = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8')
  expect(read('../../README.md')).toContain(`\`\`\`ts\n${read('main.ts')}\`\`\``)
})
