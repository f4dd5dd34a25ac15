import { expect, test } from 'vitest'
import { gidOf, loginEvent } from '../support/servers/asana-server.ts'
import { committed } from '../support/splunkd/committed.ts'
import { firstGids, inputProgram, inputScene } from '../support/splunkd/scene.ts'
import type { Program } from '../support/splunkd/splunkd.ts'

// A machine whose clock somebody sets. The clock of the test machine must stay, so the one of the process is set: at SIGUSR2, by an hour.

function onMachineWithClock(jumpMs: number): Program {
  const script = `
    const { now } = Date
    let ahead = 0
    Date.now = () => now() + ahead
    process.on('SIGUSR2', () => { ahead += ${jumpMs} })`
  const settable = ['--import', `data:text/javascript,${encodeURIComponent(script)}`]
  return { ...inputProgram, args: [...settable, ...inputProgram.args] }
}

const hourMs = 3_600_000

test('a clock that is put forward makes nothing count as delivered early', async () => {
  const { splunkd, params, events, asana } = await inputScene(20)
  const input = splunkd.start(onMachineWithClock(hourMs), 'a', { ...params, trail: '5m' })
  await expect.poll(() => splunkd.gids()).toEqual(firstGids(20))
  input.child.kill('SIGUSR2')
  events.push(loginEvent(20))
  await expect.poll(() => splunkd.gids()).toContain(gidOf(20))
  // What is due is looked at with each commit, which comes before the next request but one.
  const asked = asana.requests.length
  await expect.poll(() => asana.requests.length).toBeGreaterThan(asked + 2)
  await input.kill()
  expect(await committed(splunkd)).toBe(0)
})

test('a clock that is put back delays nothing', async () => {
  const { splunkd, params } = await inputScene(20)
  const input = splunkd.start(onMachineWithClock(-hourMs), 'a', { ...params, trail: '3s' })
  await expect.poll(() => splunkd.gids()).toEqual(firstGids(20))
  input.child.kill('SIGUSR2')
  await expect.poll(() => committed(splunkd), { interval: 500 }).toBe(20)
  await input.stop()
})
