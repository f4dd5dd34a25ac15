import { Writable } from 'node:stream'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { lineStreamSink, objectLines } from '../src/index.ts'
import { neverAborted } from './support/never-aborted.ts'

/** A stream that keeps each write. It breaks at a write that begins with `breaksAt`. */
function collector(breaksAt = 'never'): { stream: Writable; writes: string[] } {
  const writes: string[] = []
  const stream = new Writable({
    write(chunk: Buffer, _, done) {
      const text = chunk.toString()
      if (text.startsWith(breaksAt)) return done(Object.assign(new Error('closed'), { code: 'EPIPE' }))
      writes.push(text)
      done()
    },
  })
  return { stream, writes }
}

test('short lines go out in one write, not one each', async () => {
  const { stream, writes } = collector()
  const sink = lineStreamSink({ stream, lines: objectLines })
  await sink.write([{ gid: '1' }, { gid: '2' }, { gid: '3' }], neverAborted)
  expect(writes).toEqual(['{"gid":"1"}\n{"gid":"2"}\n{"gid":"3"}\n'])
})

test('whatever the lines, a stream gets all of them whole and in order, in writes of at most 64 KiB or of one line', async () => {
  const lengths = fc.array(fc.oneof(fc.nat(200), fc.integer({ min: 20_000, max: 80_000 })), { maxLength: 12 })
  await fc.assert(
    fc.asyncProperty(lengths, async (all) => {
      const objects = all.map((length, gid) => ({ gid, note: 'x'.repeat(length) }))
      const { stream, writes } = collector()
      await lineStreamSink({ stream, lines: objectLines }).write(objects, neverAborted)
      expect(writes.join('')).toBe(objects.map((one) => `${JSON.stringify(one)}\n`).join(''))
      for (const write of writes) {
        expect(write.endsWith('\n')).toBe(true)
        if (write.indexOf('\n') < write.length - 1) expect(write.length).toBeLessThanOrEqual(64 * 1024)
      }
      for (const [index, next] of writes.slice(1).entries())
        expect((writes[index] as string).length + next.indexOf('\n')).toBeGreaterThanOrEqual(64 * 1024)
    }),
  )
})

test('if a line cannot be made, the lines before it are written', async () => {
  const { stream, writes } = collector()
  const lines = function* (records: readonly object[]) {
    yield* objectLines(records)
    throw new Error('not encodable')
  }
  const sink = lineStreamSink({ stream, lines })
  await expect(sink.write([{ gid: '1' }, { gid: '2' }], neverAborted)).rejects.toThrow('not encodable')
  expect(writes).toEqual(['{"gid":"1"}\n{"gid":"2"}\n'])
})

test('after a failure the records of the writes before it count as accepted', async () => {
  const { stream } = collector('{"gid":"3"')
  const note = 'x'.repeat(30_000)
  const objects = ['1', '2', '3', '4'].map((gid) => ({ gid, note }))
  const written = lineStreamSink({ stream, lines: objectLines }).write(objects, neverAborted)
  await expect(written).rejects.toMatchObject({ code: 'output_closed', accepted: 2 })
})
