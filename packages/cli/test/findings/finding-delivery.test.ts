import { fault } from '@asana-audit/core'
import { systemClock } from '@asana-audit/core/sink-kit'
import { expect, test, vi } from 'vitest'
import { findingDelivery } from '../../src/findings/finding-delivery.ts'
import type { Finding } from '../../src/progress/finding/finding.ts'

const finding = (id: string): Finding => ({
  ...{ id, at: 0, message: 'Found.', actor: {}, group: {}, count: 1, gids: ['1'] },
  rule: { id: 'r', title: 'Rule', level: 'high', tags: [] },
})

/** Waits are over at once. */
const clock = { ...systemClock, sleep: async () => {} }

test('a finding that the destination does not take is tried again, which is said, and the next one waits for it', async () => {
  const [sent, said]: [string[], string[]] = [[], []]
  let failures = 0
  const delivery = findingDelivery({
    async send({ id }) {
      if (failures < 3) {
        failures += 1
        throw fault({ fault: 'temporary', code: 'unavailable', message: 'It is down.' })
      }
      sent.push(id)
    },
    clock,
    say: ({ code }) => void said.push(code),
  })
  await Promise.all([delivery.put(finding('a')), delivery.put(finding('b'))])
  expect([sent, said]).toEqual([
    ['a', 'b'],
    ['finding_waits', 'finding_sent'],
  ])
})

test('a finding that is refused for good is said, and does not keep the next one', async () => {
  const [sent, said]: [string[], string[]] = [[], []]
  const delivery = findingDelivery({
    async send({ id }) {
      if (id === 'a') throw fault({ fault: 'rejected', code: 'too_large', message: 'Too large.', at: 0 })
      sent.push(id)
    },
    clock,
    say: ({ code, message }) => void said.push(`${code}: ${message}`),
  })
  await Promise.all([delivery.put(finding('a')), delivery.put(finding('b'))])
  expect(sent).toEqual(['b'])
  expect(said).toEqual([
    'finding_refused: The destination refuses the finding a for good (too_large), and it is not sent again. Too large.',
  ])
})

test('a finding that cannot be sent until the next start is said, and does not keep the next one', async () => {
  const [sent, said]: [string[], string[]] = [[], []]
  const delivery = findingDelivery({
    async send({ id }) {
      if (id === 'a') throw fault({ fault: 'fatal', final: true, code: 'closed', message: 'Closed.' })
      sent.push(id)
    },
    clock,
    say: ({ code, message }) => void said.push(`${code}: ${message}`),
  })
  await Promise.all([expect(delivery.put(finding('a'))).rejects.toThrow(), delivery.put(finding('b'))])
  expect(sent).toEqual(['b'])
  expect(said).toEqual([
    expect.stringMatching(/^finding_not_sent: The finding a cannot be sent .* next start\. Closed\./),
  ])
})

test('the end of a pipeline waits for a destination that hangs for a short time only, and nothing counts as sent', async () => {
  const waited: number[] = []
  const delivery = findingDelivery({
    send: (_, signal) =>
      new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
    clock: { ...clock, sleep: async (ms: number) => void waited.push(ms) },
    say: () => {},
  })
  const told = vi.fn()
  const untold = vi.fn()
  const put = delivery.put(finding('a')).then(told, untold)
  await delivery.close(3_000)
  await put
  expect([waited, told.mock.calls.length, untold.mock.calls.length]).toEqual([[3_000], 0, 1])
})
