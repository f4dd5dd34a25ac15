import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Fact, type FaultShape, fault } from '@asana-audit/core'
import { type RetryPolicy, retry } from '@asana-audit/core/sink-kit'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { waitAfter } from '../src/retry.ts'
import { autoClock } from './support/auto-clock.ts'
import { faultOf } from './support/fault-of.ts'

const temporary: FaultShape = { fault: 'temporary', code: 'busy' }
const fatal: FaultShape = { fault: 'fatal', code: 'wrong_token' }

/** Fails as told, one after the other, then succeeds with the number of attempts. */
function failing(...shapes: FaultShape[]): () => Promise<number> {
  let attempts = 0
  return async () => {
    const shape = shapes[attempts]
    attempts += 1
    if (shape) throw fault({ ...shape, message: `attempt ${attempts}` })
    return attempts
  }
}

/** Ends only with its time. */
function hanging(timeUp: AbortSignal): Promise<never> {
  return new Promise((_, reject) => timeUp.addEventListener('abort', () => reject(timeUp.reason)))
}

function patience(
  more: Partial<RetryPolicy> = {},
): RetryPolicy & { clock: ReturnType<typeof autoClock>; facts: Fact[] } {
  const facts: Fact[] = []
  return { part: 'sink', facts, onFact: (fact) => facts.push(fact), ...more, clock: autoClock() }
}

describe('the wait', () => {
  const chance = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })
  const failures = fc.oneof(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 1_000_000 }))

  test('is half a second to a second if the server names no time, doubles each time, and is a minute at most', () => {
    fc.assert(
      fc.property(failures, chance, (count, luck) => {
        const ceiling = Math.min(60_000, 1_000 * 2 ** (count - 1))
        const ms = waitAfter({}, count, luck)
        expect(ms).toBeGreaterThanOrEqual(ceiling / 2)
        expect(ms).toBeLessThanOrEqual(ceiling)
      }),
    )
  })

  test('is the time of the server or up to a tenth more, from a second to ten minutes', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1_200_000 }), failures, chance, (retryAfterMs, count, luck) => {
        const ms = waitAfter({ retryAfterMs }, count, luck)
        const askedMs = Math.max(1_000, retryAfterMs)
        expect(ms).toBeGreaterThanOrEqual(Math.min(askedMs, 600_000))
        expect(ms).toBeLessThanOrEqual(Math.min(Math.ceil(askedMs * 1.1), 600_000))
      }),
    )
  })

  test.each([
    [34 * 365.25 * 86_400_000, 'attempt 1 It asked to wait 34 years; waiting 10 min.'],
    [3 * 86_400_000, 'attempt 1 It asked to wait 3 days; waiting 10 min.'],
    [5 * 3_600_000, 'attempt 1 It asked to wait 5 hours; waiting 10 min.'],
    [601_000, 'attempt 1 It asked to wait 11 min; waiting 10 min.'],
    [600_000, 'attempt 1'],
  ])(
    'is ten minutes at most for a server that asks for %d ms, and the message says so',
    async (retryAfterMs, message) => {
      const waiting = patience()
      await retry(failing({ ...temporary, retryAfterMs }), waiting)
      expect(waiting.facts[0]).toMatchObject({ type: 'retrying', waitMs: 600_000, message })
    },
  )

  test('is a second if the server asks for none', () => {
    expect(waitAfter({ retryAfterMs: 0 }, 1, 0)).toBe(1_000)
  })

  test('grows up to a minute, and each wait is reported', async () => {
    const waiting = patience()
    await retry(failing(...Array.from({ length: 9 }, () => temporary)), waiting)
    expect(waiting.clock.waits).toEqual([750, 1_500, 3_000, 6_000, 12_000, 24_000, 45_000, 45_000, 45_000])
    const reported = waiting.facts.flatMap((fact) => (fact.type === 'retrying' ? [fact.waitMs] : []))
    expect(reported).toEqual(waiting.clock.waits)
  })

  test('starts again from a second after a part was accepted', async () => {
    const waiting = patience()
    await retry(failing(temporary, temporary, { ...temporary, accepted: 5 }, temporary), waiting)
    expect(waiting.clock.waits).toEqual([750, 1_500, 750, 1_500])
  })
})

describe('the facts', () => {
  test('are none if the first attempt succeeds', async () => {
    const waiting = patience()
    expect(await retry(failing(), waiting)).toBe(1)
    expect(waiting.facts).toEqual([])
  })

  test('report each failure with part, code and number, and once the recovery with its duration', async () => {
    const waiting = patience({ part: 'source' })
    expect(await retry(failing(temporary, { ...temporary, retryAfterMs: 30_000 }), waiting)).toBe(3)
    expect(waiting.facts).toEqual([
      {
        type: 'retrying',
        part: 'source',
        code: 'busy',
        message: 'attempt 1',
        failures: 1,
        waitMs: 750,
      },
      {
        type: 'retrying',
        part: 'source',
        code: 'busy',
        message: 'attempt 2',
        failures: 2,
        waitMs: 31_500,
      },
      { type: 'resumed', part: 'source', afterMs: 32_250 },
    ])
  })

  test('report a pause and the recovery', async () => {
    const waiting = patience({ onFatal: 'pause' })
    await retry(failing(fatal, fatal), waiting)
    expect(waiting.facts.map(({ type }) => type)).toEqual(['paused', 'paused', 'resumed'])
    expect(waiting.facts[0]).toEqual({
      type: 'paused',
      part: 'sink',
      code: 'wrong_token',
      message: 'attempt 1',
      waitMs: 300_000,
    })
  })
})

describe('the end', () => {
  test('of a pause comes early after a change, and nothing of the pause keeps running', async () => {
    const changes = Promise.withResolvers<void>()
    let isWatching = true
    const changed = (signal: AbortSignal): Promise<void> => {
      signal.addEventListener('abort', () => {
        isWatching = false
      })
      return changes.promise
    }
    const waiting = patience({ onFatal: 'pause', changed })
    const started = waiting.clock.now()
    const result = waiting.clock.during(retry(failing(fatal), waiting))
    changes.resolve()
    expect(await result).toBe(2)
    expect(waiting.clock.now()).toBe(started)
    expect(isWatching).toBe(false)
  })

  test('of the time of a pause ends the watch for a change too', async () => {
    let watching: AbortSignal | undefined
    const changed = (signal: AbortSignal): Promise<void> => {
      watching = signal
      return new Promise(() => {})
    }
    const waiting = patience({ onFatal: 'pause', changed })
    expect(await retry(failing(fatal), waiting)).toBe(2)
    expect(waiting.clock.waits).toEqual([300_000])
    expect(watching?.aborted).toBe(true)
  })

  test('is the same without onFact', async () => {
    const clock = autoClock()
    expect(await retry(failing(temporary, fatal), { part: 'sink', onFatal: 'pause', clock })).toBe(3)
    expect(clock.waits).toEqual([750, 300_000])
  })

  test('comes with a final fault, even if fatal faults pause', async () => {
    const waiting = patience({ onFatal: 'pause' })
    expect(await faultOf(retry(failing({ ...fatal, final: true }), waiting))).toMatchObject(fatal)
    expect([waiting.clock.waits, waiting.facts]).toEqual([[], []])
  })

  test('comes with a fatal fault, unless the policy pauses', async () => {
    const waiting = patience()
    expect(await faultOf(retry(failing(fatal), waiting))).toMatchObject(fatal)
    expect(waiting.clock.waits).toEqual([])
  })

  test('of a pause comes after five minutes or the given time', async () => {
    const usual = patience({ onFatal: 'pause' })
    const started = usual.clock.now()
    await retry(failing(fatal), usual)
    expect(usual.clock.waits).toEqual([300_000])
    expect(usual.clock.now() - started).toBe(300_000)
    const quick = patience({ onFatal: 'pause', pauseMs: 10 })
    await retry(failing(fatal), quick)
    expect(quick.clock.waits).toEqual([10])
  })

  test('comes at once with a rejected fault, which the caller handles', async () => {
    const waiting = patience({ onFatal: 'pause' })
    const rejection: FaultShape = { fault: 'rejected', code: 'bad_record', at: 3 }
    expect(await faultOf(retry(failing(rejection), waiting))).toMatchObject(rejection)
    expect(waiting.clock.waits).toEqual([])
  })

  test('never comes with a plain error, which counts as temporary', async () => {
    let attempts = 0
    const waiting = patience()
    const result = await retry(async () => {
      attempts += 1
      if (attempts < 100) throw new TypeError('fetch failed')
      return 'done'
    }, waiting)
    expect(result).toBe('done')
    expect(waiting.facts[0]).toMatchObject({ code: 'unclassified', message: 'fetch failed' })
  })

  test('comes before a wait that would exceed giveUpAfterMs, with the last fault as the cause', async () => {
    const waiting = patience({ giveUpAfterMs: 60_000 })
    const started = waiting.clock.now()
    const endless = async (): Promise<never> => {
      throw fault({ ...temporary, message: 'The destination is busy.' })
    }
    const found = await faultOf(retry(endless, waiting))
    expect(found).toMatchObject({ fault: 'fatal', code: 'gave_up', cause: { code: 'busy' } })
    expect(found.message).toContain('The destination is busy.')
    expect(waiting.clock.now() - started).toBeLessThanOrEqual(60_000)
    expect(waiting.facts.length).toBeGreaterThan(3)
  })

  test('comes in the middle of an attempt that exceeds giveUpAfterMs', async () => {
    const waiting = patience({ giveUpAfterMs: 10_000 })
    const started = waiting.clock.now()
    expect(await faultOf(retry(hanging, waiting))).toMatchObject({
      code: 'gave_up',
      message: expect.stringMatching(
        /has not accepted the write in time\. Check .*load balancer.* Gave up after 10 s/,
      ),
    })
    expect(waiting.clock.now() - started).toBe(10_000)
  })

  test('in the middle of an attempt names the fault before it', async () => {
    const waiting = patience({ giveUpAfterMs: 10_000 })
    const started = waiting.clock.now()
    const fails = failing(temporary)
    let attempts = 0
    const found = await faultOf(
      retry(async (timeUp) => {
        attempts += 1
        return attempts === 1 ? fails() : hanging(timeUp)
      }, waiting),
    )
    expect(found).toMatchObject({ code: 'gave_up', cause: { code: 'busy' } })
    expect(waiting.clock.now() - started).toBe(10_000)
  })

  test('does not come if the ended attempt had a part accepted', async () => {
    const waiting = patience({ giveUpAfterMs: 10_000 })
    let attempts = 0
    const result = retry(async (timeUp) => {
      attempts += 1
      if (attempts === 5) return 'done'
      await hanging(timeUp).catch(() => {})
      throw fault({ ...temporary, accepted: 1, message: 'a part' })
    }, waiting)
    expect(await result).toBe('done')
  })

  test('may come earlier for faults than for a long attempt', async () => {
    const limits = { giveUpAfterMs: 900_000, failingMs: 30_000 }
    const slow = patience(limits)
    let started = slow.clock.now()
    expect(await faultOf(retry(hanging, slow))).toMatchObject({ code: 'gave_up' })
    expect(slow.clock.now() - started).toBe(900_000)
    const refusing = patience(limits)
    started = refusing.clock.now()
    expect(await faultOf(retry(failing(...Array(1_000).fill(temporary)), refusing))).toMatchObject({
      code: 'gave_up',
      // Less time has passed: it does not claim the whole.
      message: expect.stringMatching(
        /Gave up: the next attempt, in \d+ s, would come after the limit of 30 s/,
      ),
    })
    expect(refusing.clock.now() - started).toBeLessThanOrEqual(30_000)
  })

  test.each<FaultShape>([
    { fault: 'temporary', code: 'rate_limited', retryAfterMs: 7_000 },
    { fault: 'temporary', code: 'rate_limited' },
    { fault: 'temporary', code: 'busy', accepted: 0 },
  ])('%j is not progress, even if it comes often', async (shape) => {
    const waiting = patience({ giveUpAfterMs: 60_000 })
    const started = waiting.clock.now()
    expect(await faultOf(retry(failing(...Array(1_000).fill(shape)), waiting))).toMatchObject({
      code: 'gave_up',
    })
    expect(waiting.clock.now() - started).toBeLessThanOrEqual(60_000)
  })

  test.each([
    ['source', 'Asana has not answered in time.'],
    ['state', 'The state has not answered in time.'],
  ] as const)('giving up names the %s that took too long', async (part, said) => {
    const found = await faultOf(retry(hanging, patience({ part, giveUpAfterMs: 10_000 })))
    expect(found.message).toContain(said)
    expect(found.cause).toMatchObject({ fault: 'temporary', code: 'out_of_time' })
  })

  test('names the time limit that was reached: that of a long attempt, or that of faults', async () => {
    const limits = { giveUpAfterMs: 900_000, failingMs: 30_000 }
    const slow = await faultOf(retry(hanging, patience(limits)))
    expect(slow.message).toContain('after 900 s')
    const fails = failing(temporary)
    let attempts = 0
    const failed = retry(async (timeUp) => {
      attempts += 1
      return attempts === 1 ? fails() : hanging(timeUp)
    }, patience(limits))
    expect((await faultOf(failed)).message).toContain('after 30 s')
  })

  test.each([
    [60_000, 'It asked to wait 60 s. Gave up without waiting: the next attempt, in 63 s,'],
    [315_360_000_000, 'It asked to wait 10 years. Gave up without waiting: the next attempt, in 600 s,'],
  ])('giving up because the server asked to wait for longer says so: %d ms', async (retryAfterMs, said) => {
    const waiting = patience({ giveUpAfterMs: 900_000, failingMs: 30_000 })
    const started = waiting.clock.now()
    const { message } = await faultOf(retry(failing({ ...temporary, retryAfterMs }), waiting))
    expect(message).toContain(said)
    expect(message).toContain('after the limit of 30 s without progress')
    expect(message).not.toContain('Gave up after')
    expect(waiting.clock.now()).toBe(started)
  })

  test('counts the time from an earlier failure on', async () => {
    const limits = { giveUpAfterMs: 900_000, failingMs: 30_000 }
    const waiting = patience(limits)
    const started = waiting.clock.now()
    const found = await faultOf(retry(hanging, { ...waiting, since: started - 10_000 }))
    expect(found.code).toBe('gave_up')
    expect(waiting.clock.now() - started).toBe(20_000)
  })

  test('does not come before a wait that ends exactly at the limit', async () => {
    const waiting = patience({ giveUpAfterMs: 10_000 })
    expect(await retry(failing({ ...temporary, retryAfterMs: 10_000 / 1.05 }), waiting)).toBe(2)
  })

  test('leaves no running timer of an attempt that has ended', async () => {
    const waiting = patience({ giveUpAfterMs: 60_000 })
    const timers: (AbortSignal | undefined)[] = []
    const clock = {
      ...waiting.clock,
      sleep(ms: number, signal?: AbortSignal) {
        timers.push(signal)
        return waiting.clock.sleep(ms, signal)
      },
    }
    await retry(failing(), { ...waiting, clock })
    expect(timers.map((signal) => signal?.aborted)).toEqual([true])
  })

  test('counts the time from zero again after a pause', async () => {
    const waiting = patience({ giveUpAfterMs: 60_000, onFatal: 'pause' })
    expect(await retry(failing(fatal, temporary, temporary), waiting)).toBe(4)
  })

  test('is delayed by any progress', async () => {
    const waiting = patience({ giveUpAfterMs: 5_000 })
    const slow = Array.from({ length: 50 }, () => ({ ...temporary, accepted: 1 }))
    expect(await retry(failing(...slow), waiting)).toBe(51)
  })
})

describe('a stop', () => {
  const reason = new Error('stop')

  test('before the first attempt prevents it', async () => {
    let attempts = 0
    const attempt = async (): Promise<void> => {
      attempts += 1
    }
    await expect(retry(attempt, patience({ signal: AbortSignal.abort(reason) }))).rejects.toBe(reason)
    expect(attempts).toBe(0)
  })

  test('before the first attempt allows one attempt with attemptEvenIfAborted, and no second', async () => {
    let attempts = 0
    const attempt = async (): Promise<number> => {
      attempts += 1
      return attempts
    }
    const insisting = patience({ signal: AbortSignal.abort(reason), attemptEvenIfAborted: true })
    expect(await retry(attempt, insisting)).toBe(1)
    attempts = 0
    const failingOnce = async (): Promise<void> => {
      await attempt()
      throw fault({ ...temporary, message: 'no' })
    }
    await expect(retry(failingOnce, insisting)).rejects.toBe(reason)
    expect(attempts).toBe(1)
  })

  test.each([temporary, fatal])(
    'during the wait after a $fault fault ends it with its reason',
    async (shape) => {
      const stop = new AbortController()
      let attempts = 0
      const waiting = patience({ signal: stop.signal, onFatal: 'pause' })
      const asleep = retry(
        async () => {
          attempts += 1
          throw fault({ ...shape, message: 'no' })
        },
        {
          ...waiting,
          onFact: () => stop.abort(reason),
        },
      )
      await expect(asleep).rejects.toBe(reason)
      expect(attempts).toBe(1)
    },
  )

  test('during an attempt overrides the fault of the attempt', async () => {
    const stop = new AbortController()
    const attempt = async (): Promise<void> => {
      stop.abort(reason)
      throw fault({ ...fatal, message: 'no' })
    }
    await expect(retry(attempt, patience({ signal: stop.signal }))).rejects.toBe(reason)
  })

  test('during an attempt that succeeds keeps its result', async () => {
    const stop = new AbortController()
    const attempt = async (): Promise<string> => {
      stop.abort(reason)
      return 'done'
    }
    expect(await retry(attempt, patience({ signal: stop.signal }))).toBe('done')
  })
})

test('nothing else in the packages waits because of a fault: these are all places that sleep, and why', () => {
  const packages = join(import.meta.dirname, '../..')
  const reasons = {
    'core/src/http/connections/renewed-routes.ts': 'for other certificates, in a pause of `retry`',
    'core/src/retry.ts': 'after a fault',
    'core/src/asana/parsed-pages.ts': 'for pipelines that follow closely',
    'core/src/asana/request-budget.ts': 'for the rate limit',
    'core/src/deliver/coalesce-batches.ts': 'for more events in the same write',
    'core/src/deliver/hard-stop.ts': 'for the grace after a stop',
    'core/src/deliver/write-queue.ts': 'for more writes in the same commit',
    'core/src/secrets/watched-secret.ts': 'for another token, in a pause of `retry`',
    'core/src/source/tail.ts': 'for new events',
    'core/src/state/postgres/claim-session.ts': 'for the next sign of life of a claim, and for its answer',
    'core/src/state/postgres/postgres-state.ts': 'for a pipeline that another process runs',
    'splunk-hec/src/ack/ack-poller.ts': 'for an acknowledgement',
  }
  const sleeping = globSync('{archive,core,jsonl,otlp,panther-http,splunk-hec}/src/**/*.ts', {
    cwd: packages,
  })
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => !path.startsWith('core/src/testing/'))
    .filter((path) => /\.sleep\(/.test(readFileSync(join(packages, path), 'utf8')))
  expect(sleeping.toSorted()).toEqual(Object.keys(reasons).toSorted())
})
