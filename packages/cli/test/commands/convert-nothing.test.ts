import { writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { event } from '../support/archive.ts'
import { runCommand } from '../support/run-command.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const file = temporaryFolder()

async function convert(content: string, ...flags: string[]) {
  writeFileSync(file('input.jsonl'), content)
  return await runCommand(['convert', '--format', 'ecs', file('input.jsonl'), ...flags], {})
}

test('an input without an event is told, and is no failure', async () => {
  const told = { code: 0, stdout: '', stderr: 'Nothing was written: there is no event in the input.\n' }
  for (const content of ['', '{"data":[]}\n']) expect(await convert(content)).toMatchObject(told)
})

test('events that are all of another time are told with their number', async () => {
  const { code, stdout, stderr } = await convert(`${JSON.stringify(event('1'))}\n`, '--until', '2001-01-01')
  expect([code, stdout]).toEqual([0, ''])
  expect(stderr).toBe('Nothing was written: 1 event was read, and none is of this time.\n')
})

test('a file in a dialect that cannot be read back says what can', async () => {
  const { stdout: ecs } = await convert(`${JSON.stringify(event('1'))}\n`)
  const { code, stderr } = await convert(ecs)
  expect(code).toBe(1)
  expect(stderr).toMatch(/\nNo event was read\. A file may hold events or pages as Asana sends them, /)
})

test('an input that cannot be reached is not said to hold the wrong thing', async () => {
  const bucket = ['s3://none/x', '--log', 'human']
  const env = { AWS_ENDPOINT_URL_S3: 'http://127.0.0.1:1', AWS_REGION: 'r', AWS_ACCESS_KEY_ID: 'k' }
  const { code, stderr } = await runCommand(['convert', '--format', 'ecs', ...bucket], {
    ...env,
    AWS_SECRET_ACCESS_KEY: 's',
  })
  expect(code).toBe(1)
  expect(stderr).toContain('The result is not complete')
  expect(stderr).not.toContain('No event was read')
})
