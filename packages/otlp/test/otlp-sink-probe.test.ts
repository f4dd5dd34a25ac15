import { expect, test } from 'vitest'
import { otlpSink } from '../src/index.ts'
import { faultOf } from './support/fault-of.ts'
import { startReceiver } from './support/receiver.ts'
import { origin } from './support/records.ts'

test.each(['http/protobuf', 'http/json'] as const)(
  'asks over %s with a request that holds no record',
  async (protocol) => {
    const receiver = await startReceiver()
    const sink = otlpSink({ ...origin, url: receiver.url, protocol, headers: { 'x-key': 'k' } })
    await sink.probe()
    await sink.close?.()
    expect(receiver.requests).toHaveLength(1)
    expect(receiver.requests[0]?.headers['x-key']).toBe('k')
    expect(receiver.uids()).toEqual([])
  },
)

test('rejects with the fault a write would meet', async () => {
  const receiver = await startReceiver((response) => response.writeHead(401).end())
  const sink = otlpSink({ ...origin, url: receiver.url })
  expect(await faultOf(sink.probe())).toMatchObject({ fault: 'fatal', code: 'unauthorized' })
  await sink.close?.()
})
