import { deliver, type Fact, memoryState, type Sink, type Source } from '@asana-audit/core'
import { watchedSecret } from '@asana-audit/core/sink-kit'
import { expect, test } from 'vitest'
import { destination, events, sourceOf, type TestEvent } from '../support/scripted-delivery.ts'
import { arrivals, run, simulated } from '../support/simulated-world.ts'
import { type SteppedClock, steppedClock } from '../support/stepped-clock.ts'

/** Whether the one in use is noticed to be another after so many seconds. */
async function noticed(
  secret: () => string,
  change: () => void,
): Promise<{ before: boolean; after: boolean }> {
  const clock = steppedClock()
  const watched = watchedSecret(secret, clock)
  if (typeof watched.read === 'function') await Promise.resolve(watched.read()).catch(() => {})
  let isChanged = false
  const { signal } = new AbortController()
  void watched.changed?.(signal).then(() => {
    isChanged = true
  })
  await clock.pass(60_000)
  const before = isChanged
  change()
  await clock.pass(3_000)
  return { before, after: isChanged }
}

test('a secret has changed if it differs from the one that was last used', async () => {
  let secret = 'old'
  const seen = await noticed(
    () => secret,
    () => {
      secret = 'new'
    },
  )
  expect(seen).toEqual({ before: false, after: true })
})

test('a secret that could not be read has changed when it can be read', async () => {
  let secret: string | undefined
  const seen = await noticed(
    () => {
      if (secret === undefined) throw new Error('no file')
      return secret
    },
    () => {
      secret = 'new'
    },
  )
  expect(seen).toEqual({ before: false, after: true })
})

test('a secret that is missing for a moment has not changed', async () => {
  let isAway = false
  const seen = await noticed(
    () => {
      if (isAway) throw new Error('no file')
      return 'old'
    },
    () => {
      isAway = true
    },
  )
  expect(seen).toEqual({ before: false, after: false })
})

test('a secret that is a text cannot change', () => {
  expect(watchedSecret('text', steppedClock())).toEqual({ read: 'text' })
})

test('watching ends with the signal', async () => {
  const stop = new AbortController()
  const watched = watchedSecret(() => 'old', steppedClock())
  const watching = expect(watched.changed?.(stop.signal)).rejects.toThrow('stop')
  stop.abort(new Error('stop'))
  await watching
})

const isPaused = ({ type }: Fact): boolean => type === 'paused'

/** A delivery in a time of the test's own. */
async function delivering(
  clock: SteppedClock,
  parts: { readonly source: Source<TestEvent>; readonly sink: Sink<string> },
): Promise<{ readonly facts: Fact[]; readonly done: Promise<unknown> }> {
  const facts: Fact[] = []
  const claim = await memoryState().claim('test')
  const lane = await claim.lane('live', '')
  const done = deliver({ ...parts, lane, clock, map: ({ gid }) => gid, onFact: (fact) => facts.push(fact) })
  return { facts, done }
}

test('a destination that refuses the credentials is tried again as soon as they change', async () => {
  const clock = steppedClock()
  const secret = { value: 'old' }
  const { read, changed } = watchedSecret(() => secret.value, clock)
  const sink = destination(() =>
    secret.value === 'old' ? { fault: 'fatal', code: 'unauthorized' } : undefined,
  )
  const { facts, done } = await delivering(clock, {
    source: sourceOf(events(5)),
    sink: {
      async write(records, signal) {
        if (typeof read === 'function') await read()
        await sink.write(records, signal)
      },
      ...(changed && { changed }),
    },
  })
  await clock.pass(3_000)
  expect(facts.filter(isPaused)).toHaveLength(1)
  secret.value = 'new'
  await clock.pass(3_000)
  await done
  expect(sink.accepted).toHaveLength(5)
})

test('a corrected token of Asana ends the pause before its five minutes are over', async () => {
  await using world = await simulated({ events: 30, days: 1 })
  const sink = arrivals()
  const started = world.clock.now()
  const facts: Fact[] = []
  await run(world, {
    sink,
    source: { token: () => (world.clock.now() < started + 3_000 ? 'wrong' : 'simulator-token') },
    onFact: (fact) => facts.push(fact),
  })
  expect(facts.filter(isPaused)).toMatchObject([{ part: 'source', code: 'unauthorized', waitMs: 300_000 }])
  expect(facts.find(({ type }) => type === 'resumed')).toMatchObject({ part: 'source', afterMs: 4_000 })
  expect(sink.gids).toHaveLength(30)
})
