import { ok, rejects, strictEqual as same, deepStrictEqual as sameAll } from 'node:assert'
import type { Sink } from '../contract.ts'
import { type Fault, isFault } from '../fault.ts'
import type { ContractTest } from './contract-test.ts'

/** A sink with an empty destination that can be looked into. */
export interface SinkUnderTest<R> {
  readonly sink: Sink<R>
  /** A record the destination takes. Its id, made from `number`, is what `arrived` tells. */
  record(number: number): R
  /** Ids of the records in the order the destination took them, each time it did. */
  arrived(): readonly string[] | Promise<readonly string[]>
  idOf(number: number): string
  /**
   * Makes the destination stop taking, at once or in the middle of the next write, in a way that passes; gives what ends that.
   * Where a destination cannot be made to, leave it out, and say `outage: false` so that the test of it is left out as well.
   */
  outage?(): (() => void | Promise<void>) | Promise<() => void | Promise<void>>
  /** Called after the sink has been closed. */
  close?(): void | Promise<void>
}

/**
 * What `deliver` relies on in a sink, as tests. `open` is called once a test.
 * A destination may take a write in several requests; more than `prefers` says it never gets at once.
 */
export function sinkContract<R>(
  test: ContractTest,
  open: () => SinkUnderTest<R> | Promise<SinkUnderTest<R>>,
  options: { readonly outage?: boolean } = {},
): void {
  const check = (name: string, body: (given: SinkUnderTest<R>) => Promise<void>): void => {
    test(`a sink ${name}`, async () => {
      const given = await open()
      try {
        await body(given)
      } finally {
        await given.sink.close?.()
        await given.close?.()
      }
    })
  }
  const going = (): AbortSignal => new AbortController().signal
  const records = ({ record }: SinkUnderTest<R>, from: number, until: number): R[] =>
    Array.from({ length: until - from }, (_, index) => record(from + index))
  const ids = ({ idOf }: SinkUnderTest<R>, from: number, until: number): string[] =>
    Array.from({ length: until - from }, (_, index) => idOf(from + index))

  check('has every record at its destination, once and in order, when a write resolves', async (given) => {
    await given.sink.write(records(given, 0, 50), going())
    sameAll([...(await given.arrived())], ids(given, 0, 50))
    await given.sink.write(records(given, 50, 51), going())
    sameAll([...(await given.arrived())], ids(given, 0, 51))
  })

  check('prefers whole numbers from one on, and a wait that ends', async ({ sink }) => {
    for (const number of [sink.prefers?.records ?? 1, sink.prefers?.inFlight ?? 1]) {
      ok(Number.isInteger(number) && number >= 1, `prefers has ${number}`)
    }
    const { maxWaitMs = 0 } = sink.prefers ?? {}
    ok(Number.isFinite(maxWaitMs) && maxWaitMs >= 0, `prefers to wait ${maxWaitMs} ms`)
  })

  check('takes as many writes at once as it prefers, each in order', async (given) => {
    const atOnce = given.sink.prefers?.inFlight ?? 1
    await Promise.all(
      Array.from({ length: atOnce }, (_, write) =>
        given.sink.write(records(given, write * 10, write * 10 + 10), going()),
      ),
    )
    const arrived = [...(await given.arrived())]
    same(arrived.length, atOnce * 10)
    for (let write = 0; write < atOnce; write += 1) {
      const own = ids(given, write * 10, write * 10 + 10)
      sameAll(
        arrived.filter((id) => own.includes(id)),
        own,
      )
    }
  })

  check('leaves the records as they were', async (given) => {
    const written = records(given, 0, 3)
    const before = [...written]
    const copy = structuredClone(written)
    await given.sink.write(Object.freeze(written), going())
    for (const [index, record] of written.entries()) same(record, before[index])
    sameAll(written, copy)
  })

  check(
    'sends nothing for a signal that is aborted already, and takes the same write afterwards',
    async (given) => {
      await rejects(given.sink.write(records(given, 0, 3), AbortSignal.abort()))
      sameAll([...(await given.arrived())], [])
      await given.sink.write(records(given, 0, 3), going())
      sameAll([...(await given.arrived())], ids(given, 0, 3))
    },
  )

  if (options.outage === false) return

  check('rejects with a fault that says how much is safe, and goes on from there', async (given) => {
    await given.sink.write(records(given, 0, 5), going())
    ok(given.outage, 'without an outage to try, say so by `outage: false`')
    const end = await given.outage()
    const found = await faultOf(given.sink.write(records(given, 5, 15), going()))
    const accepted = found.accepted ?? 0
    ok(Number.isInteger(accepted) && accepted >= 0 && accepted <= 10, `accepted is ${accepted}`)
    same(found.fault, 'temporary')
    ok(found.code !== '', 'the fault has no code')
    sameAll([...(await given.arrived())], ids(given, 0, 5 + accepted))
    await end()
    await given.sink.write(records(given, 5 + accepted, 15), going())
    sameAll([...(await given.arrived())], ids(given, 0, 15))
  })
}

async function faultOf(work: Promise<unknown>): Promise<Fault> {
  const thrown = await work.then(
    () => new Error('the write resolved although the destination took nothing'),
    (reason: unknown) => reason,
  )
  if (isFault(thrown)) return thrown
  throw thrown
}
