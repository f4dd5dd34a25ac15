import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { exampleNode } from '../../../test/support/pages/example-node.ts'
import { startReceiver } from './support/receiver.ts'

const packageDir = join(import.meta.dirname, '..')
const example = /```ts\n(.*?)```/s.exec(readFileSync(join(packageDir, 'README.md'), 'utf8'))![1]!

async function run(endpoint: string): Promise<string> {
  const { stdout } = await promisify(execFile)(
    exampleNode,
    ['--input-type=module-typescript', '--eval', example],
    { cwd: packageDir, env: { ...process.env, OTEL_EXPORTER_OTLP_ENDPOINT: endpoint } },
  )
  return stdout
}

test('the example of the README delivers its event', async () => {
  const receiver = await startReceiver()
  expect(await run(receiver.url.replace('/v1/logs', ''))).toBe('accepted\n')
  expect(receiver.uids()).toEqual(['1200000000000001'])
})

test('the example of the README reports a missing collector', async () => {
  expect(await run('http://127.0.0.1:1')).toMatch(/^temporary connection_refused Nothing accepts connections/)
})
