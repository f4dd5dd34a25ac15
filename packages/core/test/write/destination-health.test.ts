import { newDestinationHealth } from '@asana-audit/core/sink-kit'
import { expect, test } from 'vitest'

test('the health of a destination moves from unproven to proven, and back after a pause', () => {
  const health = newDestinationHealth()
  const states: string[] = [health.state]
  health.accept()
  states.push(health.state)
  const [first, second] = [health.suspect(), health.suspect()]
  states.push(health.state)
  first()
  states.push(health.state)
  const resumed = health.pause(new AbortController())
  states.push(health.state)
  second()
  states.push(health.state)
  resumed()
  states.push(health.state)
  expect(states).toEqual(['unproven', 'proven', 'suspect', 'suspect', 'paused', 'paused', 'unproven'])
})

test('a destination that is known to work begins as proven', () => {
  expect(newDestinationHealth({ isProven: true }).state).toBe('proven')
})

test('the next acceptance ends every pause, and has no effect on writes that continued', () => {
  const health = newDestinationHealth()
  const [gone, waiting] = [new AbortController(), new AbortController()]
  const resumed = health.pause(gone)
  health.pause(waiting)
  resumed()
  health.accept()
  expect([gone.signal.aborted, waiting.signal.aborted]).toEqual([false, true])
})

test('waiting writes are tested again if one begins to pause, and after a fault has ended', () => {
  const health = newDestinationHealth()
  let looks = 0
  health.waiting.add(() => {
    looks += 1
  })
  health.pause(new AbortController())
  expect(looks).toBe(1)
  const [first, second] = [health.startRetrying(), health.startRetrying()]
  expect([health.isRetrying, looks]).toEqual([true, 1])
  first()
  expect([health.isRetrying, looks]).toEqual([true, 2])
  second()
  expect([health.isRetrying, looks]).toEqual([false, 3])
})
