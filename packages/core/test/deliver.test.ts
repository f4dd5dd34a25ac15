import {
  type Batch,
  type Clock,
  type Commit,
  type DeliverOptions,
  deliver,
  type Fact,
  type FaultShape,
  fault,
  type Lane,
  memoryState,
  type Sink,
  type Source,
} from '@asana-audit/core'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { autoClock } from './auto-clock.ts'

interface TestEvent {
  gid: string
  created_at: string
}

const event = (gid: string | number): TestEvent => ({
  gid: String(gid),
  created_at: new Date(Date.parse('2026-02-01T00:00:00Z') + Number(gid) * 1000).toISOString(),
})

function events(count: number, from = 1): TestEvent[] {
  return Array.from({ length: count }, (_, index) => event(from + index))
}

/** Time that does not pass: waits end by being stopped only. */
function standingClock(): Clock {
  return {
    ...autoClock(),
    sleep: (_, signal) =>
      new Promise((_resolve, reject) => {
        signal?.addEventListener('abort', () => reject(signal.reason))
      }),
  }
}

/** Batches of `size`; the cursor is the number of events given so far. */
function sourceOf(all: TestEvent[], size = 10): Source<TestEvent> {
  return {
    async *read(cursor) {
      for (let at = Number(cursor ?? 0); at < all.length; at += size) {
        const taken = all.slice(at, at + size)
        yield { events: taken, refused: [], cursor: String(at + taken.length) }
      }
    },
  }
}

type Behaviour = (records: readonly string[], attempt: number) => FaultShape | undefined

interface Destination extends Sink<string> {
  readonly accepted: string[]
  readonly attempts: number
}

/** Takes everything but where `behave` answers with a fault; then it takes what the fault says is accepted. */
function destination(behave: Behaviour = () => undefined): Destination {
  const accepted: string[] = []
  let attempts = 0
  return {
    // One write a batch, so that each test sees the writes it is about.
    prefers: { records: 1 },
    accepted,
    get attempts() {
      return attempts
    },
    async write(records) {
      attempts += 1
      const shape = behave(records, attempts)
      if (!shape) {
        accepted.push(...records)
        return
      }
      const taken = typeof shape.at === 'number' ? shape.at : (shape.accepted ?? 0)
      accepted.push(...records.slice(0, taken))
      throw fault({ message: `told to: ${shape.code}`, ...shape })
    },
  }
}

interface Ran {
  facts: Fact[]
  commits: Commit[]
  waits: number[]
  result: Awaited<ReturnType<typeof deliver>>
}

async function run(
  options: Partial<DeliverOptions<TestEvent, string>> &
    Pick<DeliverOptions<TestEvent, string>, 'source' | 'sink'>,
): Promise<Ran> {
  const clock = autoClock()
  const facts: Fact[] = []
  const commits: Commit[] = []
  const claim = await memoryState().claim('test')
  const inner = options.lane ?? (await claim.lane('live', ''))
  const lane: Lane = {
    ...inner,
    commit: async (commit) => {
      await inner.commit(commit)
      commits.push(commit)
    },
  }
  const result = await deliver({
    map: (one: TestEvent) => one.gid,
    clock,
    onEvent: (fact) => facts.push(fact),
    ...options,
    lane,
  })
  return { facts, commits, waits: clock.waits, result }
}

const gids = (list: TestEvent[]): string[] => list.map(({ gid }) => gid)
const quarantine = (commits: Commit[]): string[] =>
  commits.flatMap(({ quarantined }) => quarantined.map(({ id, kind, code }) => `${id} ${kind} ${code}`))

describe('the one rule', () => {
  test('a cursor is saved only after the sink accepted everything before it', async () => {
    const sink = destination()
    const order: string[] = []
    const claim = await memoryState().claim('test')
    const inner = await claim.lane('live', '')
    const lane: Lane = {
      ...inner,
      commit: async (commit) => {
        order.push(`commit ${commit.cursor} after ${sink.accepted.length}`)
        await inner.commit(commit)
      },
    }
    await run({ source: sourceOf(events(25)), sink, lane })
    expect(order).toEqual(['commit 10 after 10', 'commit 20 after 20', 'commit 25 after 25'])
    expect(await inner.load()).toBe('25')
  })

  test('reading goes on where the last commit was', async () => {
    const claim = await memoryState().claim('test')
    const lane = await claim.lane('live', '')
    await lane.commit({ cursor: '20', delivered: [], quarantined: [] })
    const sink = destination()
    await run({ source: sourceOf(events(25)), sink, lane })
    expect(sink.accepted).toEqual(gids(events(5, 21)))
  })

  test('a commit that fails is tried again without sending the batch again', async () => {
    const sink = destination()
    let failures = 2
    const claim = await memoryState().claim('test')
    const inner = await claim.lane('live', '')
    const lane: Lane = {
      ...inner,
      commit: async (commit) => {
        if (failures-- > 0) throw fault({ fault: 'temporary', code: 'state_busy', message: 'busy' })
        await inner.commit(commit)
      },
    }
    const { facts } = await run({ source: sourceOf(events(10)), sink, lane })
    expect(sink.attempts).toBe(1)
    expect(facts.filter(({ type }) => type === 'retrying')).toMatchObject([
      { part: 'state', code: 'state_busy' },
      { part: 'state' },
    ])
  })

  test('after a write that failed for good nothing later is committed, however much of it was accepted', async () => {
    const claim = await memoryState().claim('test')
    const inner = await claim.lane('live', '')
    let commits = 0
    let saved: string | undefined
    const lane: Lane = {
      ...inner,
      commit: async (commit) => {
        commits += 1
        if (commits === 2) throw fault({ fault: 'fatal', code: 'disk_full', message: 'full' })
        await inner.commit(commit)
        saved = commit.cursor
      },
    }
    for (const inFlight of [1, 8]) {
      commits = 0
      const sink: Sink<string> = { ...destination(), prefers: { records: 1, inFlight } }
      const running = run({ source: sourceOf(events(90)), sink, lane, onFatal: 'reject' })
      await expect(running).rejects.toMatchObject({ code: 'disk_full' })
      expect(commits).toBe(2)
      expect(await inner.load()).toBe(saved)
    }
  })

  test('a source that fails is opened again at the last batch it gave', async () => {
    const all = events(30)
    const opened: (string | undefined)[] = []
    const source: Source<TestEvent> = {
      async *read(cursor, signal) {
        opened.push(cursor)
        for await (const batch of sourceOf(all).read(cursor, signal)) {
          if (opened.length < 3 && batch.cursor === '20') {
            throw fault({ fault: 'temporary', code: 'x', message: 'lost' })
          }
          yield batch
        }
      },
    }
    const sink = destination()
    await run({ source, sink })
    expect(opened).toEqual([undefined, '10', '10'])
    expect(sink.accepted).toEqual(gids(all))
  })
})

describe('faults of the sink', () => {
  test('a temporary fault is waited out with growing pauses and the same records are sent again', async () => {
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

  test('after a temporary fault with an accepted prefix only the rest is sent again', async () => {
    const sink = destination((_, attempt) =>
      attempt === 1 ? { fault: 'temporary', code: 'busy', accepted: 3 } : undefined,
    )
    await run({ source: sourceOf(events(5)), sink })
    expect(sink.accepted).toEqual(gids(events(5)))
    expect(sink.attempts).toBe(2)
  })

  test('the record an index names is quarantined, what came before counts as accepted, the rest is sent', async () => {
    const sink = destination((records) => {
      const at = records.indexOf('4')
      return at < 0 ? undefined : { fault: 'rejected', code: 'invalid', at }
    })
    const { commits } = await run({ source: sourceOf(events(10)), sink })
    expect(sink.accepted).toEqual(gids(events(10)).filter((gid) => gid !== '4'))
    expect(quarantine(commits)).toEqual(['4 rejected invalid'])
  })

  test('the very first record of a process may be the bad one: the rest shows that the set-up is good', async () => {
    const sink = destination((records) =>
      records[0] === '1' ? { fault: 'rejected', code: 'invalid', at: 0 } : undefined,
    )
    const { commits, waits } = await run({ source: sourceOf(events(10)), sink })
    expect(sink.accepted).toEqual(gids(events(9, 2)))
    expect(quarantine(commits)).toEqual(['1 rejected invalid'])
    expect(waits).toEqual([])
  })

  test('none-taken is halved until the bad records are found', async () => {
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

  test('none-taken about a part of the write halves that part alone', async () => {
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

  test('some-taken stops where asked to, with the cursor before the write and nothing set aside', async () => {
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

  test('a temporary fault that may be the fault of one record is isolated after as many as the sink says', async () => {
    const sink = destination((records) =>
      records.includes('6') ? { fault: 'temporary', code: 'server_error', isolateAfter: 8 } : undefined,
    )
    const { commits } = await run({ source: sourceOf(events(8), 4), sink })
    expect(sink.accepted).toEqual(['1', '2', '3', '4', '5', '7', '8'])
    expect(quarantine(commits)).toEqual(['6 rejected server_error'])
    // 8 for the write of four, 8 for two of it, twice 8 for the one, and the three that were accepted.
    expect(sink.attempts).toBe(1 + 8 + 8 + 1 + 8 + 1 + 8)
  })

  test.each([10, 30, 120, 600])(
    'an outage of %i minutes that looks like the fault of a record costs none',
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

  test('a lone record at fault is refused once a later write was accepted', async () => {
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
        for (const [one, index] of batches) yield { events: [one], refused: [], cursor: String(index) }
      },
    }
    const ran = await run({ source, sink: { ...later, prefers: { records: 1, inFlight: 8 } } })
    expect(quarantine(ran.commits)).toEqual(['1 rejected server_error'])
    expect(later.accepted).toEqual(['20', '30'])
  })

  test('a fatal fault pauses for five minutes at a time and goes on by itself when mended', async () => {
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

  test('a fatal fault rejects where asked to, with the cursor untouched', async () => {
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

  test('gives up where asked to, sooner on a destination that never took anything', async () => {
    const sink = destination(() => ({ fault: 'temporary', code: 'connection_refused' }))
    const giveUpAfterMs = { untilFirstWrite: 30_000, afterwards: 900_000 }
    await expect(
      run({ source: sourceOf(events(5)), sink, onFatal: 'reject', giveUpAfterMs }),
    ).rejects.toMatchObject({ fault: 'fatal', code: 'gave_up' })
    expect(sink.attempts).toBeLessThan(8)
  })
})

describe('a set-up at fault', () => {
  const refuseAll: Behaviour = (records) => ({
    fault: 'rejected',
    code: 'bad_data',
    at: records.length === 1 ? 0 : 'none-taken',
  })

  test('pauses instead of filling the quarantine while nothing has been accepted yet', async () => {
    const sink = destination(refuseAll)
    await expect(run({ source: sourceOf(events(5)), sink, onFatal: 'reject' })).rejects.toMatchObject({
      code: 'set_up_refused',
    })
  })

  test('sends everything again once it is mended, and sets nothing aside', async () => {
    let mended = false
    const sink = destination((records, attempt) => (mended ? undefined : refuseAll(records, attempt)))
    const { commits } = await run({
      source: sourceOf(events(5)),
      sink,
      onEvent: (fact) => {
        if (fact.type === 'paused') mended = true
      },
    })
    expect(sink.accepted).toHaveLength(5)
    expect(new Set(sink.accepted)).toEqual(new Set(gids(events(5))))
    expect(quarantine(commits)).toEqual([])
  })

  /** The runs of one pipeline, each over the events that came before it. */
  async function runsOf(...lists: TestEvent[][]): Promise<(poison: Set<string>) => Promise<string[]>> {
    const claim = await memoryState().claim('test')
    const lane = await claim.lane('live', '')
    return async (poison) => {
      const refuse: Behaviour = (records) =>
        records.some((one) => poison.has(one)) ? refuseAll(records, 1) : undefined
      const outcomes: string[] = []
      for (const [index] of lists.entries()) {
        const source = sourceOf(lists.slice(0, index + 1).flat())
        const ran = run({ source, sink: destination(refuse), lane, onFatal: 'reject' })
        outcomes.push(
          await ran.then(
            ({ commits }) => quarantine(commits).join() || 'delivered',
            ({ code }: { code: string }) => code,
          ),
        )
      }
      return outcomes
    }
  }

  test('one bad event right after a start is set aside where the destination took others in earlier runs', async () => {
    const outcomes = await runsOf(events(10), events(1, 11), events(1, 12))
    expect(await outcomes(new Set(['11']))).toEqual(['delivered', '11 rejected bad_data', 'delivered'])
  })

  test('a destination that has begun to refuse everything gets two set aside, however often it is started', async () => {
    const days = [events(10), events(1, 11), events(1, 12), events(1, 13), events(1, 14)]
    const outcomes = await runsOf(...days)
    const poison = new Set(gids(events(100, 11)))
    const aside = ['11 rejected bad_data', '12 rejected bad_data']
    expect(await outcomes(poison)).toEqual(['delivered', ...aside, 'set_up_refused', 'set_up_refused'])
    const backlog = await runsOf(events(10), events(10, 11))
    expect(await backlog(poison)).toEqual(['delivered', 'set_up_refused'])
  })

  test('an acceptance in between makes up for what was set aside', async () => {
    const days = [events(10), events(2, 11), events(1, 13), events(2, 14)]
    const outcomes = await runsOf(...days)
    const poison = new Set(['11', '12', '14', '15'])
    const aside = (...ids: number[]): string => ids.map((id) => `${id} rejected bad_data`).join()
    expect(await outcomes(poison)).toEqual(['delivered', aside(11, 12), 'delivered', aside(14, 15)])
  })

  test('one that breaks while events trickle in gets nineteen set aside, however often it is tried again', async () => {
    const sink = destination((records, attempt) => (attempt > 5 ? refuseAll(records, attempt) : undefined))
    const stop = new AbortController()
    let pauses = 0
    const { commits } = await run({
      source: sourceOf(events(100), 1),
      sink,
      signal: stop.signal,
      onEvent: (fact) => {
        if (fact.type === 'paused' && ++pauses === 5) stop.abort()
      },
    })
    expect(quarantine(commits)).toHaveLength(19)
  })

  test('a bad event the set-up was suspected for is set aside once a later one is accepted', async () => {
    const good = Promise.withResolvers<void>()
    const source: Source<TestEvent> = {
      async *read() {
        yield { events: events(1), refused: [], cursor: '1' }
        await good.promise
        yield { events: events(1, 2), refused: [], cursor: '2' }
      },
    }
    const sink = destination((records) => (records.includes('1') ? refuseAll(records, 1) : undefined))
    const { commits } = await run({
      source,
      sink: { ...sink, prefers: { records: 1, inFlight: 8 } },
      onEvent: (fact) => {
        if (fact.type === 'paused') good.resolve()
      },
    })
    expect(sink.accepted).toEqual(['2'])
    expect(commits.at(-1)?.cursor).toBe('2')
    expect(quarantine(commits)).toEqual(['1 rejected bad_data'])
  })

  test('twenty refusals in a row pause even after something was accepted', async () => {
    let pauses = 0
    const sink = destination((records, attempt) =>
      attempt > 1 && pauses === 0 ? refuseAll(records, attempt) : undefined,
    )
    const { commits } = await run({
      source: sourceOf(events(100), 50),
      sink,
      onEvent: (fact) => {
        if (fact.type === 'paused') pauses += 1
      },
    })
    expect(pauses).toBe(1)
    expect(new Set(sink.accepted)).toEqual(new Set(gids(events(100))))
    expect(quarantine(commits)).toEqual([])
  })
})

describe('quarantine', () => {
  test('what the source refused is set aside in the transaction of its cursor', async () => {
    const source: Source<TestEvent> = {
      async *read() {
        yield { events: events(1), refused: [{ raw: { gid: '9', x: 1 }, reason: 'no actor' }], cursor: 'a' }
      },
    }
    const { commits, result } = await run({ source, sink: destination() })
    expect(commits).toMatchObject([
      {
        cursor: 'a',
        delivered: [{ id: '1' }],
        quarantined: [{ kind: 'refused', id: '9', code: 'not_an_event', event: { gid: '9', x: 1 } }],
      },
    ])
    expect(result).toEqual({ delivered: 1, quarantined: 1, repeats: 0 })
  })

  test('an event the mapper throws on is set aside and the rest of its batch delivered', async () => {
    const sink = destination()
    const { commits } = await run({
      source: sourceOf(events(5)),
      sink,
      map: ({ gid }) => {
        if (gid === '3') throw new Error('cannot')
        return gid
      },
    })
    expect(sink.accepted).toEqual(['1', '2', '4', '5'])
    expect(quarantine(commits)).toEqual(['3 refused unmappable'])
  })
})

describe('several writes under way', () => {
  /** Takes writes in the order the test says, and knows how many were open at once. */
  function manual(
    inFlight: number,
    records = 1,
  ): Sink<string> & {
    readonly open: { records: readonly string[]; accept: () => void; refuse: (shape: FaultShape) => void }[]
    most: number
  } {
    const open: { records: readonly string[]; accept: () => void; refuse: (shape: FaultShape) => void }[] = []
    const sink = {
      prefers: { records, inFlight },
      open,
      most: 0,
      write: (written: readonly string[]) =>
        new Promise<void>((resolve, reject) => {
          const done = (): void => void open.splice(open.indexOf(one), 1)
          const one = {
            records: written,
            accept: () => {
              done()
              resolve()
            },
            refuse: (shape: FaultShape) => {
              done()
              reject(fault({ message: 'told to', ...shape }))
            },
          }
          open.push(one)
          sink.most = Math.max(sink.most, open.length)
        }),
    }
    return sink
  }

  async function until(condition: () => boolean): Promise<void> {
    while (!condition()) await new Promise((resolve) => setImmediate(resolve))
  }

  /** Long enough for whatever was going to start by itself. */
  async function settledTurns(): Promise<void> {
    for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve))
  }

  test('the first goes alone; once it is accepted as many start as the sink likes, and commits keep the order', async () => {
    const sink = manual(3)
    const running = run({ source: sourceOf(events(60)), sink })
    await until(() => sink.open.length === 1)
    await settledTurns()
    expect(sink.most).toBe(1)
    sink.open[0]?.accept()
    await until(() => sink.open.length === 3)
    // Newest first, as far as possible.
    sink.open[2]?.accept()
    sink.open[1]?.accept()
    await settledTurns()
    expect(sink.open).toHaveLength(1)
    sink.open[0]?.accept()
    await until(() => sink.open.length === 2)
    while (sink.open.length > 0) {
      sink.open.at(-1)?.accept()
      await settledTurns()
    }
    const { commits } = await running
    expect(commits.flatMap(({ delivered }) => delivered.map(({ id }) => id))).toEqual(gids(events(60)))
    const cursors = commits.map(({ cursor }) => cursor)
    expect(cursors).toEqual(cursors.toSorted())
    expect(cursors.at(-1)).toBe('60')
    expect(sink.most).toBe(3)
  })

  test('what is accepted in quick succession is committed together, and never more than may be under way', async () => {
    const sink: Sink<string> = { ...destination(), prefers: { records: 1, inFlight: 4 } }
    const { commits } = await run({ source: sourceOf(events(200)), sink })
    expect(commits.flatMap(({ delivered }) => delivered.map(({ id }) => id))).toEqual(gids(events(200)))
    expect(commits.length).toBeLessThan(20)
    expect(Math.max(...commits.map(({ delivered }) => delivered.length))).toBeLessThanOrEqual(40)
  })

  test('what was accepted and waits for company is committed within a tenth of a second', async () => {
    const release = Promise.withResolvers<void>()
    const source: Source<TestEvent> = {
      async *read() {
        yield { events: events(1), refused: [], cursor: '1' }
        await release.promise
      },
    }
    const waits: number[] = []
    const clock: Clock = {
      now: () => 0,
      random: () => 0.5,
      sleep: async (ms) => {
        waits.push(ms)
      },
    }
    const running = run({
      source,
      sink: { ...destination(), prefers: { inFlight: 8 } },
      clock,
      onEvent: (fact) => {
        if (fact.type === 'committed') release.resolve()
      },
    })
    expect((await running).commits).toHaveLength(1)
    expect(Math.max(...waits.filter((ms) => ms !== 1_000))).toBe(100)
  })

  test('while one waits for a fault to pass no other is started', async () => {
    const sink = manual(4)
    const clock = standingClock()
    const stop = new AbortController()
    const running = run({ source: sourceOf(events(90)), sink, clock, signal: stop.signal })
    await until(() => sink.open.length === 1)
    sink.open[0]?.accept()
    await until(() => sink.open.length === 4)
    sink.open[1]?.refuse({ fault: 'temporary', code: 'busy' })
    await settledTurns()
    sink.open[0]?.accept()
    await settledTurns()
    expect(sink.open).toHaveLength(2)
    stop.abort()
    for (const one of [...sink.open]) one.accept()
    await running
  })

  test('when one fails for good, another that waits for a fault to pass is given up as well', async () => {
    const sink = manual(3)
    const waiting: (() => void)[] = []
    const clock: Clock = {
      ...autoClock(),
      sleep: (_, signal) =>
        new Promise((resolve, reject) => {
          waiting.push(resolve)
          signal?.addEventListener('abort', () => reject(signal.reason))
        }),
    }
    const running = run({ source: sourceOf(events(90)), sink, clock, onFatal: 'reject' })
    await until(() => sink.open.length === 1)
    sink.open[0]?.accept()
    await until(() => sink.open.length === 3)
    sink.open[2]?.refuse({ fault: 'temporary', code: 'busy' })
    await settledTurns()
    sink.open[1]?.accept()
    sink.open[0]?.refuse({ fault: 'fatal', code: 'unauthorized' })
    await expect(running).rejects.toMatchObject({ code: 'unauthorized' })
    for (const wake of waiting) wake()
    await settledTurns()
    expect(sink.open).toEqual([])
  })

  test('when one fails for good, a source with nothing to give is not waited for', async () => {
    const source: Source<TestEvent> = {
      async *read(_, signal) {
        yield { events: events(1), refused: [], cursor: '1' }
        await new Promise((resolve) => signal?.addEventListener('abort', resolve))
      },
    }
    const sink = destination(() => ({ fault: 'fatal', code: 'unauthorized' }))
    await expect(run({ source, sink, onFatal: 'reject' })).rejects.toMatchObject({ code: 'unauthorized' })
  })

  test('small pages are put together behind the tail, up to the size the sink likes', async () => {
    const sink = destination()
    const sizes: number[] = []
    const gathering: Sink<string> = {
      prefers: { records: 25 },
      write: async (records, signal) => {
        sizes.push(records.length)
        await sink.write(records, signal)
      },
    }
    // Pages come at once here, and a wait for one never ends first.
    const clock = standingClock()
    const { commits } = await run({ source: sourceOf(events(70)), sink: gathering, clock })
    expect(sizes).toEqual([30, 30, 10])
    expect(commits.map(({ cursor }) => cursor)).toEqual(['30', '60', '70'])
  })

  test('at the tail nothing waits for more: an empty page sends what there is', async () => {
    const source: Source<TestEvent> = {
      async *read(_, signal) {
        yield { events: events(3), refused: [], cursor: 'a' }
        yield { events: [], refused: [], cursor: 'b' }
        await new Promise((resolve) => signal?.addEventListener('abort', resolve))
      },
    }
    const stop = new AbortController()
    const clock = standingClock()
    const sink = destination()
    await run({
      source,
      sink: { ...sink, prefers: { records: 1_000 } },
      clock,
      signal: stop.signal,
      onEvent: (fact) => {
        if (fact.type === 'committed') stop.abort()
      },
    })
    expect(sink.accepted).toEqual(['1', '2', '3'])
  })

  test('what is held at once is bounded in bytes, whatever the sink likes', async () => {
    const sink = manual(8)
    const heavy: Source<TestEvent> = {
      async *read() {
        for (let at = 0; at < 10; at += 1) {
          yield { events: [event(at)], refused: [], cursor: String(at), bytes: 20 * 2 ** 20 }
        }
      },
    }
    const running = run({ source: heavy, sink })
    await until(() => sink.open.length === 1)
    sink.open[0]?.accept()
    await until(() => sink.open.length === 3)
    await settledTurns()
    expect(sink.most).toBe(3)
    while (sink.open.length > 0) {
      sink.open[0]?.accept()
      await settledTurns()
    }
    await running
  })
})

test('in a re-read the events this destination already has are dropped; elsewhere repeats are delivered again', async () => {
  const batches: Batch<TestEvent>[] = [
    { events: events(3), refused: [], cursor: 'a' },
    { events: events(2), refused: [], cursor: 'b' },
    { events: events(5), refused: [], cursor: 'c', reread: 'healing' },
  ]
  const source: Source<TestEvent> = {
    async *read() {
      yield* batches
    },
  }
  const sink = destination()
  const { result } = await run({ source, sink })
  expect(sink.accepted).toEqual(['1', '2', '3', '1', '2', '4', '5'])
  expect(result.repeats).toBe(3)
})

describe('stopping', () => {
  test('a stop between attempts ends the wait at once and commits nothing that was not accepted', async () => {
    const stop = new AbortController()
    const sink = destination(() => ({ fault: 'temporary', code: 'busy' }))
    const { commits, result } = await run({
      source: sourceOf(events(5)),
      sink,
      signal: stop.signal,
      onEvent: (fact) => {
        if (fact.type === 'retrying') stop.abort()
      },
    })
    expect(commits).toEqual([])
    expect(result.delivered).toBe(0)
  })

  test('an attempt in flight when the stop comes may finish, and is committed', async () => {
    const stop = new AbortController()
    const sink: Sink<string> = {
      prefers: { records: 1 },
      write: async (_, signal) => {
        stop.abort()
        await new Promise((resolve) => setImmediate(resolve))
        signal.throwIfAborted()
      },
    }
    const clock = standingClock()
    const { commits } = await run({ source: sourceOf(events(20)), sink, signal: stop.signal, clock })
    expect(commits.map(({ cursor }) => cursor)).toEqual(['10'])
  })

  test('an attempt in flight is abandoned when the grace is over, and nothing of it is committed', async () => {
    const stop = new AbortController()
    const sink: Sink<string> = {
      write: (_, signal) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => reject(signal.reason))
          stop.abort()
        }),
    }
    const { commits } = await run({ source: sourceOf(events(20)), sink, signal: stop.signal })
    expect(commits).toEqual([])
  })
})

test('whatever a destination answers, every event ends accepted or in quarantine, in order, and the cursor at the end', async () => {
  const shape = fc.oneof(
    fc.record({ fault: fc.constant('temporary' as const), code: fc.constant('t'), accepted: fc.nat(12) }),
    fc.record({ fault: fc.constant('rejected' as const), code: fc.constant('i'), at: fc.nat(11) }),
    fc.record({
      fault: fc.constant('rejected' as const),
      code: fc.constant('n'),
      at: fc.constant('none-taken' as const),
      accepted: fc.nat(5),
      affected: fc.nat({ max: 6 }),
    }),
    fc.record({
      fault: fc.constant('rejected' as const),
      code: fc.constant('s'),
      at: fc.constant('some-taken' as const),
      accepted: fc.nat(5),
      affected: fc.nat({ max: 6 }),
    }),
    fc.constant({ fault: 'fatal' as const, code: 'f' }),
    fc.constant(undefined),
  )
  const property = fc.asyncProperty(
    fc.array(shape, { maxLength: 40 }),
    fc.integer({ min: 1, max: 60 }),
    fc.integer({ min: 1, max: 12 }),
    async (answers, count, size) => {
      const queue = [...answers]
      const sink = destination((records) => {
        const answer = queue.shift()
        // A sink may only speak of records it was given.
        if (answer && 'at' in answer && typeof answer.at === 'number' && answer.at >= records.length)
          return undefined
        return answer
      })
      const { commits, result } = await run({ source: sourceOf(events(count), size), sink })
      const aside = commits.flatMap(({ quarantined }) => quarantined.map(({ id }) => id ?? ''))
      expect(new Set([...sink.accepted, ...aside])).toEqual(new Set(gids(events(count))))
      expect(result.delivered + result.quarantined).toBe(count)
      expect(commits.at(-1)?.cursor).toBe(String(count))
    },
  )
  await fc.assert(property, { numRuns: 300 })
})
