import { expect, test } from 'vitest'
import { gidOf, loginEvent } from '../support/servers/asana-server.ts'
import { committed } from '../support/splunkd/committed.ts'
import { inputProgram, inputScene } from '../support/splunkd/scene.ts'

test('after a change of the filters the log says what to enter, and with that the input goes on, without a shell', async () => {
  const { splunkd, params, events } = await inputScene(0)
  const yesterday = Date.now() - 86_400_000
  const types = ['user_login_succeeded', 'user_logged_out', 'user_login_failed']
  for (const [number, event_type] of types.entries())
    events.push(
      loginEvent(number, { event_type, created_at: new Date(yesterday + number * 1_000).toISOString() }),
    )
  const narrow = { ...params, trail: '1s', event_types: 'user_login_succeeded, user_login_failed' }
  const first = splunkd.start(inputProgram, 'a', narrow)
  await expect.poll(() => committed(splunkd), { interval: 500 }).toBe(2)
  await first.stop()

  const wide = { ...narrow, event_types: types.join() }
  const refused = splunkd.start(inputProgram, 'a', wide)
  await expect
    .poll(() => refused.log())
    .toMatch(
      /^ERROR asana_audit event="failed" .*code="filters_changed" .*enter a time at 'Read again from'/m,
    )
  await refused.stop()
  expect(splunkd.gids()).toEqual([gidOf(0), gidOf(2)])

  const again = { ...wide, read_again_from: '2d' }
  const second = splunkd.start(inputProgram, 'a', again)
  await expect.poll(() => splunkd.gids()).toEqual([gidOf(0), gidOf(2), gidOf(0), gidOf(1), gidOf(2)])
  expect(second.log()).toMatch(/^INFO asana_audit event="read_again" .*Reads again from 20/m)
  await expect.poll(() => committed(splunkd), { interval: 500 }).toBe(5)
  await second.stop()

  // The same value is obeyed once.
  events.push(loginEvent(3, { created_at: new Date().toISOString() }))
  const third = splunkd.start(inputProgram, 'a', again)
  await expect.poll(() => splunkd.gids().slice(5)).toEqual([gidOf(3)])
  expect(third.log()).not.toContain('event="read_again"')
  await third.stop()
})

test('a time to read again from is checked on the page', async () => {
  const { splunkd, params } = await inputScene(1)
  const refusal = (read_again_from: string) =>
    splunkd.validate(inputProgram, 'a', { ...params, read_again_from })
  expect(await refusal('2026-01-31')).toBeUndefined()
  for (const wrong of ['soon', '9999-01-01'])
    expect(await refusal(wrong)).toMatch(/^Read again from: Give a date that has passed, or an age/)
})
