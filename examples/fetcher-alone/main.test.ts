import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { promisify } from 'node:util'
import { startSimulator } from '@asana-audit/simulator'
import { expect, test } from 'vitest'

test('prints a line for every event of a workspace, oldest first, and ends', async () => {
  const simulator = await startSimulator({ events: 2_500 })
  const { stdout, stderr } = await promisify(execFile)(process.execPath, ['main.ts'], {
    cwd: import.meta.dirname,
    env: {
      ASANA_BASE_URL: simulator.url,
      ASANA_TOKEN: 'simulator-token',
      ASANA_WORKSPACE: simulator.workspace,
    },
  })
  await simulator.close()
  const expected = simulator.events.map(
    ({ created_at, event_type, gid }) => `${created_at} ${event_type} ${gid}`,
  )
  expect(stdout.trimEnd().split('\n')).toEqual(expected)
  expect(stderr).toBe('')
})

test('is the example in the README of the core', () => {
  const read = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8')
  expect(read('../../packages/core/README.md')).toContain(`\`\`\`ts\n${read('main.ts')}\`\`\``)
})
