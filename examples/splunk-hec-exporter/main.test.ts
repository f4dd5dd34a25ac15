import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { reply, startHecReceiver } from '../../packages/splunk-hec/test/support/hec-receiver.ts'

test('the logs of an application arrive in Splunk through its own SDK, also when Splunk is busy at first', async () => {
  const token = '0e7f1a52-7c1f-4f6e-9d0a-6f3f2b0c1d2e'
  const splunk = await startHecReceiver({ token, answer: (_, count) => (count === 1 ? reply(9) : undefined) })
  const { stderr } = await promisify(execFile)(process.execPath, ['main.ts'], {
    cwd: import.meta.dirname,
    env: { SPLUNK_HEC_URL: splunk.url, SPLUNK_HEC_TOKEN: token },
  })
  expect(stderr).toBe('')
  const orders = splunk.indexed.map(({ fields }) => (fields as Record<string, unknown>)['order.id'])
  expect(orders).toHaveLength(1_000)
  expect(new Set(orders).size).toBe(1_000)
  expect(splunk.indexed.find(({ event }) => event === 'Order 7 paid')).toEqual({
    time: expect.any(Number),
    host: 'shop-1',
    sourcetype: 'shop:log',
    event: 'Order 7 paid',
    fields: {
      'service.name': 'shop',
      'order.id': 7,
      'order.items': ['book', 'pen'],
      'otel.log.severity.number': 9,
      'otel.log.severity.text': 'INFO',
    },
  })
})
