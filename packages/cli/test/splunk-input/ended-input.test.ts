import { fault } from '@asana-audit/core'
import { expect, test } from 'vitest'
import { autoClock } from '../../../core/test/support/auto-clock.ts'
import { endedInput } from '../../src/splunk-input/ended-input.ts'
import { inputLog } from '../../src/splunk-input/input-log.ts'

function scene() {
  const clock = autoClock()
  const lines: string[] = []
  const log = inputLog({ write: (line) => lines.push(line) }, { input: 'a', workspace: '12' })
  const stop = new AbortController()
  return { clock, lines, stop, options: { log, clock, started: clock.now(), signal: stop.signal } }
}

const expired = fault({ fault: 'fatal', code: 'session_expired', message: 'It has expired.' })

test('a failed input ends a minute after its start, so that no interval makes a loop', async () => {
  const { clock, lines, options } = scene()
  await clock.sleep(10_000)
  expect(await endedInput(expired, options)).toBe(1)
  expect(clock.now() - options.started).toBe(60_000)
  expect(lines).toEqual([expect.stringMatching(/^ERROR asana_audit event="failed" .*code="session_expired"/)])
})

test('one that fails later ends at once, and a stop ends the wait', async () => {
  const late = scene()
  await late.clock.sleep(61_000)
  await endedInput(expired, late.options)
  expect(late.clock.now() - late.options.started).toBe(61_000)
  const stopped = scene()
  stopped.stop.abort()
  expect(await endedInput(expired, stopped.options)).toBe(1)
  expect(stopped.clock.now()).toBe(stopped.options.started)
})

test('an input whose splunkd has gone ends at once, and that is no failure', async () => {
  const { clock, options, lines } = scene()
  const gone = fault({ fault: 'fatal', code: 'splunkd_gone', message: 'Gone.' })
  expect(await endedInput(gone, options)).toBe(0)
  expect(clock.now()).toBe(options.started)
  expect(lines[0]).toMatch(/^INFO /)
})

test('a defect is one line with a level, and ends no sooner', async () => {
  const { clock, options, lines } = scene()
  expect(await endedInput(new TypeError('x is undefined'), options)).toBe(1)
  expect(clock.now() - options.started).toBe(60_000)
  expect(lines).toEqual([
    expect.stringMatching(
      /^ERROR asana_audit event="failed" .*code="defect" .*TypeError: x is undefined.*\n$/,
    ),
  ])
  expect(lines[0]?.trimEnd()).not.toContain('\n')
})
