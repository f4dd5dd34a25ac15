import { Writable } from 'node:stream'
import { sinkContract } from '@asana-audit/core/testing'
import { expect, test } from 'vitest'
import { autoClock } from '../../core/test/support/auto-clock.ts'
import { eventStreamSink, type SplunkEvent } from '../src/index.ts'

const metadata = { stanza: 'asana_audit://a', host: 'h', source: 's', sourcetype: 't' }
const never = new AbortController().signal
const event = (number: number): SplunkEvent => ({ timeMs: 1_000 * number, event: { gid: String(number) } })

sinkContract(
  test,
  () => {
    let text = ''
    const stream = new Writable({
      write(chunk: Buffer, _, done) {
        text += chunk.toString()
        done()
      },
    })
    return {
      sink: eventStreamSink({ ...metadata, stream }),
      record: event,
      idOf: String,
      arrived: () => [...text.matchAll(/"gid":"(\d+)"/g)].map(([, id]) => id ?? ''),
    }
  },
  { outage: false },
)

test('the stream is one document: its end comes when the sink is closed', async () => {
  let text = ''
  const stream = new Writable({
    write(chunk: Buffer, _, done) {
      text += chunk.toString()
      done()
    },
  })
  const sink = eventStreamSink({ ...metadata, stream })
  await sink.write([event(1)], never)
  await sink.write([event(2)], never)
  await sink.close()
  await sink.close()
  expect(text).toMatch(/^<stream>\n<event .*<\/event>\n<event .*<\/event>\n<\/stream>\n$/)
})

test('a splunkd that has stopped reading is a final fault', async () => {
  const stream = new Writable({
    write: (_, __, done) => done(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' })),
  })
  const sink = eventStreamSink({ ...metadata, stream })
  await expect(sink.write([event(1)], never)).rejects.toMatchObject({
    fault: 'fatal',
    final: true,
    code: 'splunkd_gone',
  })
  await sink.close()
})

test('a write that splunkd does not take ends with its signal', async () => {
  const sink = eventStreamSink({ ...metadata, stream: new Writable({ write: () => {} }) })
  const stop = new AbortController()
  const writing = sink.write([event(1)], stop.signal)
  stop.abort(new Error('stopped'))
  await expect(writing).rejects.toThrow('stopped')
  await sink.close()
})

test('while a write is not taken, nothing flows; after it, everything flows since then', async () => {
  const clock = autoClock()
  const start = clock.now()
  let take = (): void => {}
  const stream = new Writable({
    write(_, __, done) {
      take = () => done()
    },
  })
  const said: string[] = []
  const sink = eventStreamSink({ ...metadata, stream, clock, onFlow: (flow) => said.push(flow) })
  expect(sink.flowingSince()).toBe(start)
  const writing = sink.write([event(1)], never)
  await clock.sleep(5_001)
  expect(sink.flowingSince()).toBe(Number.POSITIVE_INFINITY)
  expect(said).toEqual(['blocked'])
  take()
  await writing
  expect(sink.flowingSince()).toBe(start + 5_001)
  expect(said).toEqual(['blocked', 'flowing'])
  await sink.close()
})
