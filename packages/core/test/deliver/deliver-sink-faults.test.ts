import { fault, memoryState, type Sink, type Source } from '@asana-audit/core'
import { describe, expect, test } from 'vitest'
import { autoClock } from '../support/auto-clock.ts'
import {
  destination,
  events,
  gids,
  quarantine,
  run,
  sourceOf,
  type TestEvent,
} from '../support/scripted-delivery.ts'

describe('faults of the sink', () => {
  test('after a temporary fault the same records are sent again, with growing waits', async () => {
    const sink = destination((_, attempt) =>
      attempt <= 8 ? { fault: 'temporary', code: 'busy' } : undefined,
    )
    const { waits } = await run({ source: sourceOf(events(5)), sink })
    expect(waits).toEqual([750, 1_500, 3_000, 6_000, 12_000, 24_000, 45_000, 45_000])
    expect(sink.accepted).toEqual(gids(events(5)))
  })

  test('an error without the shape of a fault counts as temporary', async () => {
    const accepted: string[] = []
    let failures = 1
    const sink: Sink<string> = {
      write: async (records) => {
        if (failures-- > 0) throw new TypeError('fetch failed')
        accepted.push(...records)
      },
    }
    const { facts } = await run({ source: sourceOf(events(5)), sink })
    expect(accepted).toEqual(gids(events(5)))
    expect(facts.find(({ type }) => type === 'retrying')).toMatchObject({ code: 'unclassified' })
  })

  test('after a temporary fault with some records accepted, only the others are sent again', async () => {
    const sink = destination((_, attempt) =>
      attempt === 1 ? { fault: 'temporary', code: 'busy', accepted: 3 } : undefined,
    )
    await run({ source: sourceOf(events(5)), sink })
    expect(sink.accepted).toEqual(gids(events(5)))
    expect(sink.attempts).toBe(2)
  })

  test('the record at the index of a fault is quarantined, those before it count as accepted, the others are sent', async () => {
    const sink = destination((records) => {
      const at = records.indexOf('4')
      return at < 0 ? undefined : { fault: 'rejected', code: 'invalid', at }
    })
    const { commits } = await run({ source: sourceOf(events(10)), sink })
    expect(sink.accepted).toEqual(gids(events(10)).filter((gid) => gid !== '4'))
    expect(quarantine(commits)).toEqual(['4 rejected invalid'])
  })

  test('the first record of a process may be bad, because the others show that the set-up is right', async () => {
    const sink = destination((records) =>
      records[0] === '1' ? { fault: 'rejected', code: 'invalid', at: 0 } : undefined,
    )
    const { commits, waits } = await run({ source: sourceOf(events(10)), sink })
    expect(sink.accepted).toEqual(gids(events(9, 2)))
    expect(quarantine(commits)).toEqual(['1 rejected invalid'])
    expect(waits).toEqual([])
  })

  test('a write with none-taken is halved until the bad records are found', async () => {
    const bad = new Set(['3', '17', '18'])
    const sink = destination((records) =>
      records.some((gid) => bad.has(gid))
        ? { fault: 'rejected', code: 'bad_data', at: 'none-taken' }
        : undefined,
    )
    const { commits } = await run({ source: sourceOf(events(20), 20), sink })
    expect(sink.accepted).toEqual(gids(events(20)).filter((gid) => !bad.has(gid)))
    expect(quarantine(commits)).toEqual(['3', '17', '18'].map((gid) => `${gid} rejected bad_data`))
  })

  test('none-taken for a part of the write halves only that part', async () => {
    const writes: number[] = []
    const sink = destination((records, attempt) => {
      writes.push(records.length)
      if (attempt === 1)
        return { fault: 'rejected', code: 'bad_data', at: 'none-taken', accepted: 4, affected: 2 }
      return records[0] === '5' ? { fault: 'rejected', code: 'bad_data', at: 'none-taken' } : undefined
    })
    const { commits } = await run({ source: sourceOf(events(10)), sink })
    expect(writes).toEqual([10, 1, 1, 4])
    expect(sink.accepted).toEqual(gids(events(10)).filter((gid) => gid !== '5'))
    expect(quarantine(commits)).toEqual(['5 rejected bad_data'])
  })

  test('some-taken quarantines its part as uncertain and never sends it again', async () => {
    const seen: string[] = []
    const sink = destination((records, attempt) => {
      seen.push(...records)
      return attempt === 1
        ? { fault: 'rejected', code: 'partial_success', at: 'some-taken', accepted: 2, affected: 3 }
        : undefined
    })
    const { commits } = await run({ source: sourceOf(events(8)), sink })
    expect(sink.accepted).toEqual(['1', '2', '6', '7', '8'])
    expect(quarantine(commits)).toEqual(['3', '4', '5'].map((gid) => `${gid} uncertain partial_success`))
    expect(seen.filter((gid) => gid === '3')).toHaveLength(1)
  })

  test('with onUncertain stop, some-taken ends the delivery with the cursor before the write and an empty quarantine', async () => {
    const claim = await memoryState().claim('test')
    const lane = await claim.lane('live', '')
    const sink = destination((_, attempt) =>
      attempt === 2 ? { fault: 'rejected', code: 'partial_success', at: 'some-taken' } : undefined,
    )
    const running = run({ source: sourceOf(events(30)), sink, lane, onUncertain: 'stop' })
    await expect(running).rejects.toMatchObject({ fault: 'fatal', code: 'stopped_uncertain' })
    expect(await lane.load()).toBe('10')
    expect(sink.attempts).toBe(2)
  })

  test('with onUncertain resend, some-taken is sent again in halves, and only the bad record is quarantined', async () => {
    for (const bad of [['13'], ['11', '20'], ['11', '12', '13', '14', '15', '16', '17', '18', '19', '20']]) {
      const stored = new Set<string>()
      const sink: Sink<string> = {
        prefers: { records: 10 },
        async write(records) {
          const taken = records.filter((gid) => !bad.includes(gid))
          for (const gid of taken) stored.add(gid)
          if (taken.length < records.length)
            throw fault({ fault: 'rejected', code: 'partial_success', at: 'some-taken', message: 'Some.' })
        },
      }
      const { commits } = await run({ source: sourceOf(events(30)), sink, onUncertain: 'resend' })
      expect(quarantine(commits)).toEqual(bad.map((gid) => `${gid} rejected partial_success`))
      expect(stored).toEqual(new Set(gids(events(30)).filter((gid) => !bad.includes(gid))))
    }
  })

  test('a temporary fault that one record may cause is isolated after as many faults as the sink says', async () => {
    const sink = destination((records) =>
      records.includes('6') ? { fault: 'temporary', code: 'server_error', isolateAfter: 8 } : undefined,
    )
    const { commits } = await run({ source: sourceOf(events(8), 4), sink })
    expect(sink.accepted).toEqual(['1', '2', '3', '4', '5', '7', '8'])
    expect(quarantine(commits)).toEqual(['6 rejected server_error'])
    // 8 for the write of four, 8 for two of it, twice 8 for the one, and the three that were accepted.
    expect(sink.attempts).toBe(1 + 8 + 8 + 1 + 8 + 1 + 8)
  })

  test('giveUpAfterMs counts for the whole write, however often it is halved', async () => {
    const sink = destination((_, attempt) =>
      attempt > 1 ? { fault: 'temporary', code: 'server_error', isolateAfter: 8 } : undefined,
    )
    const clock = autoClock()
    const started = clock.now()
    const giveUpAfterMs = { untilFirstWrite: 30_000, afterwards: 900_000 }
    const ran = run({ source: sourceOf(events(100), 50), sink, clock, giveUpAfterMs, onFatal: 'reject' })
    await expect(ran).rejects.toMatchObject({ code: 'gave_up' })
    expect(clock.now() - started).toBeLessThanOrEqual(900_000)
  })

  test('a write of more records than the stack could hold is accepted whole', async () => {
    const many = events(200_000)
    const { result } = await run({ source: sourceOf(many, many.length), sink: { write: async () => {} } })
    expect(result.delivered).toBe(many.length)
  })

  test.each([10, 30, 120, 600])(
    'an outage of %i minutes that looks like the fault of a record loses no record',
    async (minutes) => {
      for (const count of [1, 2, 40]) {
        const clock = autoClock()
        const over = clock.now() + minutes * 60_000
        const sink = destination((_, attempt) =>
          attempt > 1 && clock.now() < over
            ? { fault: 'temporary', code: 'server_error', isolateAfter: 8 }
            : undefined,
        )
        const { commits } = await run({ source: sourceOf(events(10 + count), 10), sink, clock })
        expect(quarantine(commits)).toEqual([])
        expect(new Set(sink.accepted)).toEqual(new Set(gids(events(10 + count))))
      }
    },
  )

  test('a single bad record is quarantined after a later write was accepted', async () => {
    const sink = destination((records) =>
      records.includes('11') ? { fault: 'temporary', code: 'server_error', isolateAfter: 8 } : undefined,
    )
    const { commits } = await run({
      source: sourceOf(events(12), 10),
      sink: { ...sink, prefers: { records: 1, inFlight: 8 } },
    })
    expect(quarantine(commits)).toEqual(['11 rejected server_error'])
    expect(sink.accepted).toContain('12')
    const later = destination((records) =>
      records.includes('1') ? { fault: 'temporary', code: 'server_error', isolateAfter: 8 } : undefined,
    )
    const batches = [...events(1, 20), ...events(1), ...events(1, 30)].map(
      (one, index) => [one, index] as const,
    )
    const source: Source<TestEvent> = {
      async *read() {
        for (const [one, index] of batches) yield { events: [one], malformed: [], cursor: String(index) }
      },
    }
    const ran = await run({ source, sink: { ...later, prefers: { records: 1, inFlight: 8 } } })
    expect(quarantine(ran.commits)).toEqual(['1 rejected server_error'])
    expect(later.accepted).toEqual(['20', '30'])
  })

  test('a fatal fault pauses for five minutes at a time, and delivery continues by itself after the repair', async () => {
    const sink = destination((_, attempt) =>
      attempt <= 2 ? { fault: 'fatal', code: 'unauthorized' } : undefined,
    )
    const { facts, waits } = await run({ source: sourceOf(events(5)), sink })
    expect(waits).toEqual([300_000, 300_000])
    expect(facts.map(({ type }) => type)).toEqual([
      'paused',
      'paused',
      'write_accepted',
      'resumed',
      'committed',
    ])
    expect(sink.accepted).toEqual(gids(events(5)))
  })

  test('with onFatal reject, a fatal fault rejects and does not move the cursor', async () => {
    const claim = await memoryState().claim('test')
    const lane = await claim.lane('live', '')
    const sink = destination((_, attempt) =>
      attempt === 2 ? { fault: 'fatal', code: 'unauthorized' } : undefined,
    )
    await expect(run({ source: sourceOf(events(20)), sink, lane, onFatal: 'reject' })).rejects.toMatchObject({
      code: 'unauthorized',
    })
    expect(await lane.load()).toBe('10')
  })

  test('gives up after giveUpAfterMs, sooner if the destination never accepted anything', async () => {
    const sink = destination(() => ({ fault: 'temporary', code: 'connection_refused' }))
    const giveUpAfterMs = { untilFirstWrite: 30_000, afterwards: 900_000 }
    await expect(
      run({ source: sourceOf(events(5)), sink, onFatal: 'reject', giveUpAfterMs }),
    ).rejects.toMatchObject({ fault: 'fatal', code: 'gave_up' })
    expect(sink.attempts).toBeLessThan(8)
  })

  test('gives up in the middle of a write that does not end, and commits what was accepted before it', async () => {
    const claim = await memoryState().claim('test')
    const lane = await claim.lane('live', '')
    const quick = destination()
    const sink: Sink<string> = {
      prefers: { records: 1 },
      async write(records, signal) {
        if (quick.attempts < 1) return quick.write(records, signal)
        await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
      },
    }
    const clock = autoClock()
    const started = clock.now()
    const giveUpAfterMs = { untilFirstWrite: 20_000, afterwards: 20_000 }
    await expect(
      run({ source: sourceOf(events(20)), sink, lane, clock, onFatal: 'reject', giveUpAfterMs }),
    ).rejects.toMatchObject({ code: 'gave_up' })
    expect(clock.now() - started).toBe(20_000)
    expect(await lane.load()).toBe('10')
  })

  test('gives up on a state that stays busy too', async () => {
    const claim = await memoryState().claim('test')
    const lane = await claim.lane('live', '')
    const busy = async (): Promise<never> => {
      throw fault({ fault: 'temporary', code: 'state_busy', message: 'The state is locked.' })
    }
    const giveUpAfterMs = { untilFirstWrite: 20_000, afterwards: 20_000 }
    await expect(
      run({
        source: sourceOf(events(5)),
        sink: destination(),
        lane: { ...lane, commit: busy },
        giveUpAfterMs,
      }),
    ).rejects.toMatchObject({ code: 'gave_up', cause: { code: 'state_busy' } })
  })

  test('a source without new events for longer than giveUpAfterMs has not failed', async () => {
    const clock = autoClock()
    const source: Source<TestEvent> = {
      async *read() {
        yield { events: events(1), malformed: [], cursor: '1' }
        await clock.sleep(3_600_000)
        yield { events: events(1, 2), malformed: [], cursor: '2' }
      },
    }
    const giveUpAfterMs = { untilFirstWrite: 20_000, afterwards: 20_000 }
    const { result } = await run({ source, sink: destination(), clock, giveUpAfterMs })
    expect(result.delivered).toBe(2)
  })
})
