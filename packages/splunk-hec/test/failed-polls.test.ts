import { expect, test } from 'vitest'
import { autoClock } from '../../core/test/support/auto-clock.ts'
import { faultOf } from '../../core/test/support/fault-of.ts'
import type { HecWarning } from '../src/index.ts'
import { type AckReceiverOptions, startAckReceiver } from './support/ack-receiver.ts'
import { reply } from './support/hec-receiver.ts'
import { events, neverAborted, sinkFor, token } from './support/sink-for.ts'

type Answer = NonNullable<AckReceiverOptions['fault']>

/** What a sink warns of while the collector answers its polls in this way, and when, in milliseconds. */
async function warned(answer: Answer, writes = 1): Promise<{ at: number; warning: HecWarning }[]> {
  const receiver = await startAckReceiver({ fault: answer })
  const clock = autoClock()
  const startedAt = clock.now()
  const told: { at: number; warning: HecWarning }[] = []
  const onWarning = (warning: HecWarning): void => void told.push({ at: clock.now() - startedAt, warning })
  const sink = sinkFor(receiver, { ack: true, clock, onWarning })
  for (let write = 0; write < writes; write++) await Promise.allSettled([sink.write(events(1), neverAborted)])
  return told
}

const failing: [string, Answer, string][] = [
  ['503 of a load balancer', () => ({ status: 503, body: '<html>No server' }), 'answered 503'],
  ['a login page', () => ({ status: 200, body: `<html>Log in ${token}` }), 'answered 200'],
  ['a busy collector', () => reply(9), 'Server is busy'],
  ['broken connections', () => 'break', 'broke before the answer'],
]
test.each(failing)(
  'polls that get %s are told within seconds, with the next step',
  async (_, answer, why) => {
    const [first, ...others] = await warned((asked) => (asked.kind === 'ack' ? answer(asked) : undefined))
    expect(first?.warning.code).toBe('ack_polls_fail')
    expect(first?.at).toBeLessThan(15_000)
    expect(first?.warning.message).toContain(why)
    expect(first?.warning.message).toContain('/services/collector/ack')
    expect(first?.warning.message).not.toContain(token)
    expect(others).toEqual([])
  },
)

test('polls that go on failing for several writes are told once', async () => {
  expect(await warned(({ kind }) => (kind === 'ack' ? reply(9) : undefined), 3)).toHaveLength(1)
})

test('polls that fail again after some that worked are told again', async () => {
  const fails = ({ kind, number }: { kind: string; number: number }): boolean =>
    kind === 'ack' && (number <= 8 || (number > 12 && number <= 20))
  expect(await warned((asked) => (fails(asked) ? reply(9) : undefined), 4)).toHaveLength(2)
})

test('a few polls that fail, as during a restart of Splunk, are not told', async () => {
  expect(await warned(({ kind, number }) => (kind === 'ack' && number <= 3 ? reply(9) : undefined))).toEqual(
    [],
  )
})

test.each([
  ['404', { status: 404, body: '<html>' }],
  ['401', { status: 401 }],
  ['a redirect', { status: 302, headers: { location: 'https://login.example.com/' } }],
])(
  'polls that get %s of another server end the write, and the message does not blame the address for events',
  async (_, answer) => {
    const receiver = await startAckReceiver({ fault: ({ kind }) => (kind === 'ack' ? answer : undefined) })
    const found = await faultOf(
      sinkFor(receiver, { ack: true, clock: autoClock() }).write(events(1), neverAborted),
    )
    expect(found.fault).toBe('fatal')
    expect(found.message).toMatch(/when it was asked which events are indexed.*\/services\/collector\/ack/)
    expect(found.message).toContain('Splunk may hold them twice')
    expect(found.message).not.toContain('8088')
  },
)
