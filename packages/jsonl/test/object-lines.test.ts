import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { text } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import { lineFileSink, lineStreamSink, objectLines } from '../src/index.ts'
import { neverAborted } from './support/never-aborted.ts'
import { tempDir } from './support/temp-dir.ts'

const objects = [
  { gid: '1', note: 'line\nfeed' },
  { gid: '2', zero: -0, ['__proto__']: 'kept' },
  { gid: '3' },
]
const expected = '{"gid":"1","note":"line\\nfeed"}\n{"gid":"2","zero":-0,"__proto__":"kept"}\n{"gid":"3"}\n'

test('a file holds one object a line', async () => {
  const path = join(tempDir(), 'events.jsonl')
  const sink = lineFileSink({ path, lines: objectLines })
  await sink.write(objects.slice(0, 1), neverAborted)
  await sink.write(objects.slice(1), neverAborted)
  await sink.close?.()
  expect(readFileSync(path, 'utf8')).toBe(expected)
})

test('a stream gets one object a line', async () => {
  const stream = new PassThrough()
  const sink = lineStreamSink({ stream, lines: objectLines })
  await sink.write(objects, neverAborted)
  await sink.close?.()
  expect(await text(stream.end())).toBe(expected)
})

test('an object that is nested too deeply for recursion is written as a line too', () => {
  const deep = JSON.parse(`${'{"a":'.repeat(5_000)}1${'}'.repeat(5_000)}`)
  const [line, ...more] = objectLines([deep])
  expect(line?.bytes.length).toBe(5_000 * 6 + 2)
  expect(more).toEqual([])
})

test('an option that does not exist is refused with the nearest name', () => {
  const given = { path: 'a.jsonl', line: 5 } as never
  const message = expect.stringContaining('lineFileSink has no option "line". The nearest is lines')
  expect(() => lineFileSink(given)).toThrow(expect.objectContaining({ code: 'unknown_option', message }))
})
