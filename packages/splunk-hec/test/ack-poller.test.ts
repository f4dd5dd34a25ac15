import { expect, test } from 'vitest'
import { steppedClock } from '../../core/test/support/stepped-clock.ts'
import { ackPoller } from '../src/ack/ack-poller.ts'

test('a clock that is set back by an hour delays no acknowledgement by an hour', async () => {
  const clock = steppedClock()
  let backMs = 0
  let polls = 0
  const poller = ackPoller({
    ask: async (ids) => {
      polls += 1
      return polls < 3 ? [] : ids
    },
    isCertain: () => true,
    onOver: () => {},
    clock: { ...clock, now: () => clock.now() - backMs },
    ...{ timeoutMs: 300_000, firstPollMs: 200, slowestPollMs: 10_000 },
  })
  let isAcknowledged = false
  const acknowledged = poller.wait(0, new AbortController().signal).then(() => {
    isAcknowledged = true
  })
  await clock.pass(250)
  expect(polls).toBe(1)
  backMs = 3_600_000
  await clock.pass(10_000)
  expect(isAcknowledged).toBe(true)
  await acknowledged
})
