import { once } from 'node:events'
import { expect, test } from 'vitest'
import { loginEvent } from '../support/servers/asana-server.ts'
import { committed } from '../support/splunkd/committed.ts'
import { firstGids, inputProgram, inputScene, type Scene } from '../support/splunkd/scene.ts'

// What happens to the events when splunkd or the input ends at a bad moment.

function grow({ events }: Scene, until: number): void {
  for (let number = events.length; number < until; number += 1) events.push(loginEvent(number))
}

test('a crash between pipe and disk, with the loss of all that the position had not passed, loses nothing', async () => {
  const scene = await inputScene(300)
  const { splunkd, params } = scene
  const brisk = { ...params, trail: '2s' }
  const input = splunkd.start(inputProgram, 'a', brisk)
  await expect.poll(() => committed(splunkd), { interval: 500 }).toBe(300)
  grow(scene, 700)
  await expect.poll(() => splunkd.gids().length).toBeGreaterThan(300)
  await input.kill()
  // splunkd has the rest in memory alone, and it is gone with it.
  splunkd.lose(await committed(splunkd))
  const next = splunkd.start(inputProgram, 'a', brisk)
  await expect.poll(() => new Set(splunkd.gids()).size).toBe(700)
  expect(new Set(splunkd.gids())).toEqual(new Set(firstGids(700)))
  await next.stop()
})

test('a stop leaves the last seconds to the next start, which repeats them with the same gids', async () => {
  const { splunkd, params } = await inputScene(50)
  const input = splunkd.start(inputProgram, 'a', params)
  await expect.poll(() => splunkd.gids().length).toBe(50)
  expect(await input.stop()).toBe(0)
  expect(await committed(splunkd)).toBe(0)
  const next = splunkd.start(inputProgram, 'a', params)
  await expect.poll(() => splunkd.gids()).toEqual([...firstGids(50), ...firstGids(50)])
  await next.stop()
})

test('while splunkd does not read, the input reads no further than it can hold, and stops when asked', async () => {
  const { splunkd, params, asana } = await inputScene(50_000)
  const input = splunkd.start(inputProgram, 'a', params)
  await expect.poll(() => splunkd.gids().length).toBeGreaterThan(0)
  input.block()
  // Until it asks for no page any more, for three looks in a row.
  let [last, calm] = [0, 0]
  await expect
    .poll(
      () => {
        calm = asana.requests.length === last ? calm + 1 : 0
        last = asana.requests.length
        return calm
      },
      { interval: 1_000 },
    )
    .toBeGreaterThan(3)
  expect(asana.requests.length).toBeLessThan(300)
  const ended = input.stop()
  // Its last bytes are in the pipe; node waits for their end before it says that the process has ended.
  await once(input.child, 'exit')
  input.unblock()
  expect(await ended).toBe(0)
  expect(input.stream.problem()).toBeUndefined()
})

test('an input that is killed in the middle of an event sends that event again', async () => {
  const { splunkd, params, events } = await inputScene(40)
  const input = splunkd.start(inputProgram, 'a', params)
  await expect.poll(() => splunkd.gids().length).toBe(40)
  input.block()
  // More than fits between the two.
  events.push(loginEvent(40, { details: { note: 'x'.repeat(4_000_000) } }))
  await expect.poll(() => input.stdout.readableLength).toBeGreaterThan(0)
  await input.kill()
  expect(input.stream.rest()).not.toBe('')
  const next = splunkd.start(inputProgram, 'a', params)
  await expect.poll(() => new Set(splunkd.gids()).size).toBe(41)
  await next.stop()
  expect(next.stream.problem()).toBeUndefined()
})

test('an input whose splunkd reads no more ends by itself, and says so', async () => {
  const scene = await inputScene(10)
  const { splunkd, params } = scene
  const input = splunkd.start(inputProgram, 'a', params)
  await expect.poll(() => splunkd.gids().length).toBe(10)
  input.stdout.destroy()
  grow(scene, 20)
  expect(await input.ended).toBe(0)
  expect(input.log()).toMatch(/^INFO asana_audit event="splunkd_gone" /m)
})

test('an input whose splunkd was killed ends although nobody signals', async () => {
  const { splunkd, params } = await inputScene(10)
  // A parent between us and the input; its streams go through to us.
  const script = `
    const { spawn } = require('node:child_process')
    const [path, ...args] = process.argv.slice(1)
    spawn(path, args, { stdio: 'inherit' })`
  const through = { path: process.execPath, args: ['-e', script, inputProgram.path, ...inputProgram.args] }
  const input = splunkd.start(through, 'a', params)
  await expect.poll(() => splunkd.gids().length).toBe(10)
  input.child.kill('SIGKILL')
  // The streams end with the last process that holds them.
  await input.ended
  expect(input.log()).toMatch(/^WARN asana_audit event="splunkd_gone" .*ended without a signal/m)
})

test('an input that is started before the last process of it has ended waits for that, without a warning', async () => {
  const scene = await inputScene(10)
  const { splunkd, params } = scene
  const old = splunkd.start(inputProgram, 'a', params)
  await expect.poll(() => splunkd.gids().length).toBe(10)
  const next = splunkd.start(inputProgram, 'a', params)
  // It has found the state taken.
  await expect.poll(() => next.log()).toMatch(/event="(waiting|paused|started)" /)
  expect(next.log()).toMatch(/^INFO asana_audit event="waiting" /m)
  await old.stop()
  await expect.poll(() => next.log()).toMatch(/event="started"/)
  expect(next.log()).not.toMatch(/^(WARN|ERROR)/m)
  await next.stop()
})

test('an update of the app in the middle goes on without a gap', async () => {
  const scene = await inputScene(100)
  const { splunkd, params } = scene
  const brisk = { ...params, trail: '1s' }
  const input = splunkd.start(inputProgram, 'a', brisk)
  await expect.poll(() => splunkd.gids().length).toBe(100)
  await input.stop()
  grow(scene, 150)
  const updated = splunkd.start(inputProgram, 'a', brisk)
  await expect.poll(() => new Set(splunkd.gids()).size).toBe(150)
  await updated.stop()
})
