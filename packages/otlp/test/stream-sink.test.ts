import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createWriteStream, existsSync } from 'node:fs'
import { PassThrough, Writable } from 'node:stream'
import { describe, expect, test } from 'vitest'
import { neverAborted } from '../../jsonl/test/support/never-aborted.ts'
import { putRecord, type WriteRecord } from '../src/encoding.ts'
import { streamSink } from '../src/index.ts'
import { faultOf } from './support/fault-of.ts'
import { uidsOfLines } from './support/lines-of.ts'
import { origin, record, records } from './support/records.ts'

describe('a stream of OTLP JSON lines', () => {
  test('holds one LogsData a line', async () => {
    const stream = new PassThrough()
    const chunks: Buffer[] = []
    stream.on('data', (chunk: Buffer) => chunks.push(chunk))
    await streamSink({ ...origin, stream }).write(records(1500), neverAborted)
    const lines = uidsOfLines(Buffer.concat(chunks))
    expect(lines.map((line) => line.length)).toEqual([1000, 500])
    expect(lines.flat()).toEqual(records(1500).map((_, i) => String(i)))
  })

  test('holds what the sink makes of each item, if it writes the records itself', async () => {
    const stream = new PassThrough()
    const writeRecord: WriteRecord<string> = (gid, put) => putRecord(record(gid), put)
    await streamSink({ ...origin, stream, writeRecord }).write(['a', 'b'], neverAborted)
    expect(uidsOfLines(stream.read())).toEqual([['a', 'b']])
  })

  test('accepts a write only after the stream has written it', async () => {
    const answers: (() => void)[] = []
    const stream = new Writable({ write: (_chunk, _encoding, done) => void answers.push(done) })
    let accepted = false
    const write = streamSink({ ...origin, stream })
      .write(records(1), neverAborted)
      .then(() => {
        accepted = true
      })
    await new Promise(setImmediate)
    expect([answers.length, accepted]).toEqual([1, false])
    answers[0]!()
    await write
    expect(accepted).toBe(true)
  })

  test('rejects a write with the error of the stream, and the error does not end the process', async () => {
    const broken = Object.assign(new Error('write EPIPE'), { code: 'EPIPE' })
    const stream = new Writable({ write: (_chunk, _encoding, done) => done(broken) })
    const closed = new Promise((resolve) => stream.on('close', resolve))
    const found = await faultOf(streamSink({ ...origin, stream }).write(records(1), neverAborted))
    expect(found).toMatchObject({ fault: 'fatal', final: true, code: 'output_closed', accepted: 0 })
    expect(found.message).toContain('EPIPE')
    await closed
  })

  test.skipIf(!existsSync('/dev/full'))(
    'on a full device cannot be used any more, because it may hold half a line',
    async () => {
      const stream = createWriteStream('/dev/full')
      const found = await faultOf(streamSink({ ...origin, stream }).write(records(1), neverAborted))
      expect(found).toMatchObject({ fault: 'fatal', final: true, code: 'output_full', accepted: 0 })
    },
  )

  test('rejects writes as fatal after its reader has gone, and says how many records were accepted', async () => {
    const reader = spawn(process.execPath, ['-e', 'process.stdin.once("data", () => process.exit())'], {
      stdio: ['pipe', 'ignore', 'inherit'],
    })
    const sink = streamSink({ ...origin, stream: reader.stdin })
    await sink.write([record('a')], neverAborted)
    await once(reader, 'exit')
    // A pipe may accept a write or two before it is known to be closed.
    const large = Array.from({ length: 20 }, (_, i) => record(String(i), { pad: 'x'.repeat(900_000) }))
    const found = await faultOf(sink.write(large, neverAborted))
    expect(found).toMatchObject({ fault: 'fatal', code: 'output_closed' })
    expect(found.accepted).toBeLessThan(20)
    const again = await faultOf(sink.write([record('b')], neverAborted))
    expect(again).toMatchObject({ fault: 'fatal', code: 'output_closed', accepted: 0 })
  })

  test('does not delay the end of an aborted write if its reader has stopped', async () => {
    const stream = new Writable({ write: () => undefined })
    const abort = new AbortController()
    const reason = new Error('stop requested')
    const write = streamSink({ ...origin, stream }).write(records(1), abort.signal)
    setImmediate(() => abort.abort(reason))
    await expect(write).rejects.toBe(reason)
  })

  test('stays open when the sink is closed', async () => {
    const stream = new PassThrough().resume()
    const sink = streamSink({ ...origin, stream })
    await sink.write(records(1), neverAborted)
    await sink.close?.()
    expect(stream.writable).toBe(true)
    expect(stream.listenerCount('error')).toBe(0)
  })
})
