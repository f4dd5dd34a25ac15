import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type FaultShape, fault, isFault, type Sink, toFault } from '@asana-audit/core'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { destination, events, gids, run, sourceOf } from './support/scripted-delivery.ts'

test('each kind of fault has only its own fields', () => {
  const [code, message] = ['x', 'It says so.']
  // @ts-expect-error: only a rejection has a place
  fault({ fault: 'fatal', code, message, at: 3 })
  // @ts-expect-error: nobody waits for a fatal fault as long as a server says
  fault({ fault: 'fatal', code, message, retryAfterMs: 5 })
  // @ts-expect-error: a fatal fault is not about single records
  fault({ fault: 'fatal', code, message, isolateAfter: 2 })
  // @ts-expect-error: a rejection says where
  fault({ fault: 'rejected', code, message })
  // @ts-expect-error: one record is not a part of a write
  fault({ fault: 'rejected', code, message, at: 3, affected: 2 })
  // @ts-expect-error: what passes is not final
  fault({ fault: 'temporary', code, message, final: true })
  // @ts-expect-error: an alarm needs a code
  fault({ fault: 'temporary', message })
  const known = fault({ fault: 'temporary', code, message, retryAfterMs: 5 })
  expect(known.retryAfterMs).toBe(5)
  // @ts-expect-error: of a fault of which the kind is not known nobody reads what one kind has
  expect((known as ReturnType<typeof toFault>).retryAfterMs).toBe(5)
})

test('a plain error keeps its message, with the code of its cause: fetch says what failed only there', async () => {
  const free = createServer()
  await new Promise<void>((listening) => void free.listen(0, '127.0.0.1', listening))
  const { port } = free.address() as AddressInfo
  await new Promise((closed) => free.close(closed))
  const error: unknown = await fetch(`http://127.0.0.1:${port}/`).catch((thrown: unknown) => thrown)
  expect(toFault(error)).toMatchObject({ code: 'unclassified', message: 'fetch failed (ECONNREFUSED)' })
  expect(toFault(new Error('It broke.', { cause: new Error('inside') })).message).toBe('It broke.')
  const withSecret = Object.assign(new Error(), { code: 's3cr3t' })
  expect(toFault(new Error('It broke.', { cause: withSecret })).message).toBe('It broke.')
})

/** As code without types throws it. */
const thrown = (fields: object): Error => Object.assign(new Error('It says so.'), { code: 'x' }, fields)

describe('an invalid fault is fatal, and says what to correct:', () => {
  test.each([
    [{ fault: 'temporary', accepted: -1 }, '`accepted` is -1, not a whole number from 0 to 3'],
    [{ fault: 'temporary', accepted: 4 }, '`accepted` is 4, not a whole number from 0 to 3'],
    [{ fault: 'temporary', accepted: '2' }, '`accepted` is "2", not a whole number from 0 to 3'],
    [{ fault: 'temporary', retryAfterMs: Number.NaN }, '`retryAfterMs` is NaN, not a number from 0 on'],
    [{ fault: 'temporary', retryAfterMs: -5 }, '`retryAfterMs` is -5, not a number from 0 on'],
    [{ fault: 'temporary', isolateAfter: 0 }, '`isolateAfter` is 0, not a whole number from 1 on'],
    [{ fault: 'temporary', at: 1 }, '`at` belongs to a rejected fault only'],
    [{ fault: 'temporary', final: true }, '`final` belongs to a fatal fault only'],
    [
      { fault: 'rejected' },
      "`at` is undefined, not a whole number from 0 to 2, 'none-taken' or 'some-taken'",
    ],
    [{ fault: 'rejected', at: 3 }, "`at` is 3, not a whole number from 0 to 2, 'none-taken' or 'some-taken'"],
    [
      { fault: 'rejected', at: 0, accepted: 1 },
      "`at` is 0, not a whole number from 1 to 2, 'none-taken' or 'some-taken'",
    ],
    [
      { fault: 'rejected', at: 'all' },
      "`at` is \"all\", not a whole number from 0 to 2, 'none-taken' or 'some-taken'",
    ],
    [{ fault: 'rejected', at: 1, affected: 1 }, '`affected` does not go with the index of one record'],
    [
      { fault: 'rejected', at: 'none-taken', accepted: 1, affected: 3 },
      '`affected` is 3, not a whole number from 1 to 2',
    ],
    [{ fault: 'rejected', at: 'some-taken', affected: 0 }, '`affected` is 0, not a whole number from 1 to 3'],
    [{ fault: 'rejected', at: 1, retryAfterMs: 5 }, '`retryAfterMs` belongs to a temporary fault only'],
    [{ fault: 'fatal', at: 3 }, '`at` belongs to a rejected fault only'],
    [{ fault: 'fatal', final: 'yes' }, '`final` is "yes", not true or false'],
  ])('%j', (fields, problem) => {
    const error = thrown(fields)
    expect(isFault(error)).toBe(true)
    const found = toFault(error, 3)
    expect(found).toMatchObject({ fault: 'fatal', final: true, code: 'fault_contract', cause: error })
    expect(found.message).toBe(
      `A ${fields.fault} fault with the code x breaks the contract of faults: ${problem}. Fix the code that throws it. Its message: It says so.`,
    )
  })
})

test('a fault that keeps the contract is read unchanged, whoever created it', () => {
  const shapes: readonly FaultShape[] = [
    { fault: 'temporary', code: 'x', accepted: 3, retryAfterMs: 0, isolateAfter: 1 },
    { fault: 'rejected', code: 'x', at: 2, accepted: 2 },
    { fault: 'rejected', code: 'x', at: 'some-taken', accepted: 1, affected: 2 },
    { fault: 'fatal', code: 'x', accepted: 1, final: false },
  ]
  for (const shape of shapes) {
    const error = thrown({ ...shape, errno: -28 })
    expect(toFault(error, 3)).toBe(error)
  }
})

class WithGetters extends Error {
  get fault(): string {
    return 'rejected'
  }
  get code(): string {
    return 'x'
  }
  get at(): number {
    return 2
  }
}

test('a fault of a class is read through its getters too', () => {
  const error = new WithGetters('It says so.')
  expect(toFault(error, 3)).toBe(error)
  expect(toFault(error, 2)).toMatchObject({ code: 'fault_contract' })
})

test.each<[string, unknown, string]>([
  ['a kind there is not', thrown({ fault: 'permanent' }), '`fault` is "permanent", not \'temporary\''],
  ['no code', thrown({ fault: 'fatal', code: undefined }), '`code` is undefined, not a text'],
  ['an empty code', thrown({ fault: 'fatal', code: '' }), '`code` is "", not a text'],
  ['no Error', { fault: 'rejected', code: 'x', at: 0, message: 'It says so.' }, 'it is not an Error'],
])('what is meant as a fault and has %s is not waited for without end', (_, error, problem) => {
  const found = toFault(error, 3)
  expect(found).toMatchObject({ fault: 'fatal', final: true, code: 'fault_contract', cause: error })
  expect(found.message).toContain(`Something meant as a fault breaks the contract of faults: ${problem}`)
  expect(found.message).toContain('Its message: It says so.')
})

test.each<[string, unknown]>([
  ['an error of the system', Object.assign(new Error('gone'), { code: 'ECONNRESET' })],
  ['an error with a part that is called fault', Object.assign(new Error('gone'), { fault: { text: 'x' } })],
  ['a text', 'gone'],
  ['nothing', undefined],
])('%s is not a fault, and counts as temporary', (_, error) => {
  expect(toFault(error, 3)).toMatchObject({ fault: 'temporary', code: 'unclassified' })
})

describe('a sink that breaks the contract of faults', () => {
  test('ends the delivery at once, with the cursor before that write', async () => {
    const accepted: string[] = []
    const sink: Sink<string> = {
      prefers: { records: 1 },
      async write(records) {
        if (accepted.length > 0) throw thrown({ fault: 'rejected', at: records.length })
        accepted.push(...records)
      },
    }
    const commits: string[] = []
    const onFact = ({ type }: { readonly type: string }): void => void commits.push(type)
    await expect(run({ source: sourceOf(events(20)), sink, onFact })).rejects.toMatchObject({
      code: 'fault_contract',
      message: expect.stringContaining('`at` is 10'),
    })
    expect(accepted).toEqual(gids(events(10)))
    expect(commits.filter((type) => type === 'committed')).toHaveLength(1)
  })

  test('skips no event, whatever it throws: an event is committed only if it was accepted or quarantined', async () => {
    const anything = fc.oneof(
      fc.integer({ min: -2, max: 12 }),
      fc.constantFrom('none-taken', 'some-taken', 'all', Number.NaN, null, true),
    )
    const fields = fc.record(
      {
        fault: fc.constantFrom('temporary', 'rejected', 'fatal'),
        accepted: anything,
        ...{ at: anything, affected: anything, isolateAfter: anything, retryAfterMs: anything },
      },
      { requiredKeys: ['fault'] },
    )
    const property = fc.asyncProperty(fields, async (answer) => {
      const sink = destination()
      let isFirst = true
      const write: Sink<string>['write'] = async (records, signal) => {
        if (!isFirst) return sink.write(records, signal)
        isFirst = false
        const error = thrown(answer)
        const found = toFault(error, records.length)
        // A sink that keeps to the contract has taken what it says.
        const at =
          found.fault === 'rejected' && typeof found.at === 'number' ? found.at : (found.accepted ?? 0)
        await sink.write(records.slice(0, at), signal)
        throw error
      }
      const { commits, result } = await run({
        source: sourceOf(events(12)),
        sink: { prefers: { records: 1 }, write },
      }).catch((error: unknown) => {
        expect(error).toMatchObject({ code: 'fault_contract' })
        return { commits: [], result: undefined }
      })
      if (!result) {
        expect(sink.accepted).toEqual([])
        return
      }
      const aside = commits.flatMap(({ quarantined }) => quarantined.map(({ id }) => id ?? ''))
      expect(new Set([...sink.accepted, ...aside])).toEqual(new Set(gids(events(12))))
    })
    await fc.assert(property, { numRuns: 300 })
  })
})
