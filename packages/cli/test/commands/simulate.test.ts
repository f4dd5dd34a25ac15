import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import { bin } from '../support/run-command.ts'

test('one Ctrl-C ends simulate while it makes its events', async () => {
  const child = spawn(process.execPath, [bin, 'simulate', '--events', '500000'], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const closed = once(child, 'close')
  const output = text(child.stdout)
  const [said] = await once(child.stderr, 'data')
  expect(String(said)).toContain('Making 500,000 events')
  child.kill('SIGINT')
  expect(await closed).toEqual([null, 'SIGINT'])
  expect(await output).toBe('')
})
