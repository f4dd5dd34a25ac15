import { type Fact, type Fault, fault, type Lane, memoryState, type Sink } from '@asana-audit/core'
import { expect, test } from 'vitest'
import { events, run, sourceOf, standingClock } from '../support/scripted-delivery.ts'

/** A lane that another process moves on: its commits are refused. */
async function lostLane(): Promise<Lane> {
  const lane = await (await memoryState().claim('test')).lane('live', '')
  const refusal = (): Fault =>
    fault({ fault: 'fatal', final: true, code: 'superseded', message: 'Another process moves the lane.' })
  return {
    ...lane,
    async commit() {
      throw refusal()
    },
  }
}

test('a commit that is refused because somebody else owns the lane ends the delivery at once, whatever onFatal says', async () => {
  const facts: Fact[] = []
  const running: AbortSignal[] = []
  const sink: Sink<string> = {
    prefers: { records: 1, inFlight: 2 },
    write: async (records, signal) => {
      if (records.includes('1')) return
      running.push(signal)
      await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
    },
  }
  // The time does not pass, so neither a pause nor the grace of the second write can end.
  const clock = standingClock()
  const onFact = (fact: Fact): number => facts.push(fact)
  const delivery = run({
    ...{ source: sourceOf(events(20)), sink, lane: await lostLane(), clock, onFact },
    onFatal: 'pause',
  })
  await expect(delivery).rejects.toMatchObject({ code: 'superseded' })
  expect(running.map(({ aborted }) => aborted)).toEqual([true])
  expect(facts.filter(({ type }) => type === 'paused' || type === 'committed')).toEqual([])
})

test('a refused commit is told to the caller after a stop, too', async () => {
  const stop = new AbortController()
  const sink: Sink<string> = { prefers: { records: 1 }, write: async () => stop.abort() }
  const delivery = run({
    ...{ source: sourceOf(events(20)), sink, lane: await lostLane() },
    ...{ clock: standingClock(), signal: stop.signal },
  })
  await expect(delivery).rejects.toMatchObject({ code: 'superseded' })
})
