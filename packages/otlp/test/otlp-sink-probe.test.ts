import { expect, test } from 'vitest'
import { otlpSink } from '../src/index.ts'
import { faultOf } from './support/fault-of.ts'
import { startReceiver } from './support/receiver.ts'
import { origin } from './support/records.ts'

test.each(['http/protobuf', 'http/json'] as const)(
  'probe sends a request without records over %s',
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

test('probe rejects with the fault that a write would have', async () => {
  const receiver = await startReceiver((response) => response.writeHead(401).end())
  const sink = otlpSink({ ...origin, url: receiver.url })
  expect(await faultOf(sink.probe())).toMatchObject({ fault: 'fatal', code: 'unauthorized' })
  await sink.close?.()
})
