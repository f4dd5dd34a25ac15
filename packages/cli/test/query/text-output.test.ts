import { Writable } from 'node:stream'
import { expect, test } from 'vitest'
import { textOutput } from '../../src/query/text-output.ts'

/** Accepts one block at a time, after a delay. */
function slowStream(taken: string[]): Writable {
  return new Writable({
    highWaterMark: 1,
    write: (chunk, _encoding, done) => {
      taken.push(String(chunk))
      setImmediate(done)
    },
  })
}

test('a slow reader receives everything, and waiting for it leaves no listeners behind', async () => {
  const taken: string[] = []
  const stream = slowStream(taken)
  const output = textOutput(stream, () => {})
  const names = ['drain', 'close', 'error']
  const before = names.map((name) => stream.listenerCount(name))
  for (let block = 0; block < 12; block++) {
    output.write('x'.repeat(40_000))
    expect(await output.ready()).toBe(true)
  }
  await output.end()
  expect(taken.join('').length).toBe(12 * 40_000)
  expect(names.map((name) => stream.listenerCount(name))).toEqual(before)
})

test('if the reader has gone, ready says so and nothing waits', async () => {
  const stream = new Writable({
    highWaterMark: 1,
    write: (_chunk, _encoding, done) =>
      setImmediate(() => done(Object.assign(new Error('gone'), { code: 'EPIPE' }))),
  })
  const output = textOutput(stream, () => {})
  output.write('x'.repeat(40_000))
  expect(await output.ready()).toBe(false)
  await output.end()
})
