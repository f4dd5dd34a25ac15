import { once } from 'node:events'
import { expect, test } from 'vitest'
import { loginEvent } from '../support/servers/asana-server.ts'
import { committedGids } from '../support/splunkd/committed.ts'
import { firstGids, inputProgram, inputScene } from '../support/splunkd/scene.ts'
import type { Input, Splunkd } from '../support/splunkd/splunkd.ts'

// Histories of one workspace: each round an input of some name, new events, and an end. A crash takes from splunkd all that the position
// had not passed, which is the most that it may lose.

type End = (input: Input, splunkd: Splunkd) => Promise<void>

const stop: End = async (input) => {
  expect(await input.stop()).toBe(0)
}
const kill: End = (input) => input.kill()
const crash: End = async (input, splunkd) => {
  await input.kill()
  splunkd.loseAllBut(await committedGids(splunkd))
}
const crashOfSplunkdAlone: End = async (input, splunkd) => {
  input.stdout.destroy()
  input.child.kill('SIGTERM')
  await input.ended
  splunkd.loseAllBut(await committedGids(splunkd))
}
const crashWhileBlocked: End = async (input, splunkd) => {
  input.block()
  input.child.kill('SIGKILL')
  await once(input.child, 'exit')
  // What is in the pipe is gone too.
  input.stdout.destroy()
  await input.ended
  splunkd.loseAllBut(await committedGids(splunkd))
}

const rounds: readonly (readonly [name: string, end: End])[] = [
  ['a', kill],
  ['a', crash],
  ['b', stop],
  ['a', crashWhileBlocked],
  ['b', crash],
  ['b', crashOfSplunkdAlone],
  ['c', kill],
  ['c', crashWhileBlocked],
]

test('after kills, stops, other names, and crashes at any of them, no event is missing', async () => {
  const { splunkd, params, events } = await inputScene(0)
  for (const [name, end] of rounds) {
    const before = splunkd.gids().length
    for (let more = 0; more < 120; more += 1) events.push(loginEvent(events.length))
    const input = splunkd.start(inputProgram, name, { ...params, trail: '1s' })
    // In the middle of what it has to write.
    await expect.poll(() => splunkd.gids().length, { interval: 5 }).toBeGreaterThan(before)
    await end(input, splunkd)
    expect(input.stream.problem()).toBeUndefined()
  }
  const last = splunkd.start(inputProgram, 'd', { ...params, trail: '1s' })
  await expect.poll(() => new Set(splunkd.gids()).size).toBe(events.length)
  expect(new Set(splunkd.gids())).toEqual(new Set(firstGids(events.length)))
  await expect.poll(async () => (await committedGids(splunkd)).size, { interval: 500 }).toBe(events.length)
  await last.stop()
})
