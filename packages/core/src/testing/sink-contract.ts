import { ok, rejects, strictEqual as same, deepStrictEqual as sameAll } from 'node:assert'
import type { Sink } from '../contract.ts'
import { type Fault, isFault } from '../fault.ts'
import type { ContractTest } from './contract-test.ts'

/** A sink with an empty destination whose content the test can read. */
export interface SinkUnderTest<R> {
  readonly sink: Sink<R>
  /** A record that the destination accepts. `arrived` lists it by its id, `idOf(number)`. */
  record(number: number): R
  /** Ids of the records in the order in which the destination accepted them, with repeats. */
  arrived(): readonly string[] | Promise<readonly string[]>
  idOf(number: number): string
  /**
   * Makes the destination fail for a while, at once or in the middle of the next write. Returns a function that ends the outage.
   * If a destination cannot be made to fail, leave it out and set `outage: false`; then its test is left out too.
   */
  outage?(): (() => void | Promise<void>) | Promise<() => void | Promise<void>>
  /** Called after the sink has been closed. */
  close?(): void | Promise<void>
}

/**
 * Tests of what `deliver` requires of a sink. `open` is called once for each test.
 * A sink may divide a write into several requests. It never gets more records or writes at once than `prefers` says.
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

  check('has delivered every record of a write once and in order when the write resolves', async (given) => {
    await given.sink.write(records(given, 0, 50), going())
    sameAll([...(await given.arrived())], ids(given, 0, 50))
    await given.sink.write(records(given, 50, 51), going())
    sameAll([...(await given.arrived())], ids(given, 0, 51))
  })

  check('prefers whole numbers of at least one, and a finite wait', async ({ sink }) => {
    const { records = 1, bytes = 1, inFlight = 1 } = sink.prefers ?? {}
    for (const number of [records, bytes, inFlight]) {
      ok(Number.isInteger(number) && number >= 1, `prefers has ${number}`)
    }
    const { maxWaitMs = 0 } = sink.prefers ?? {}
    ok(Number.isFinite(maxWaitMs) && maxWaitMs >= 0, `prefers to wait ${maxWaitMs} ms`)
  })

  check('accepts as many concurrent writes as it prefers, each in order', async (given) => {
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

  check('does not change the records', async (given) => {
    const written = records(given, 0, 3)
    const before = [...written]
    const copy = structuredClone(written)
    await given.sink.write(Object.freeze(written), going())
    for (const [index, record] of written.entries()) same(record, before[index])
    sameAll(written, copy)
  })

  check(
    'sends nothing if the signal is already aborted, and accepts the same write afterwards',
    async (given) => {
      await rejects(given.sink.write(records(given, 0, 3), AbortSignal.abort()))
      sameAll([...(await given.arrived())], [])
      await given.sink.write(records(given, 0, 3), going())
      sameAll([...(await given.arrived())], ids(given, 0, 3))
    },
  )

  if (options.outage === false) return

  check(
    'rejects with a fault that says how many records are accepted, and continues after them',
    async (given) => {
      await given.sink.write(records(given, 0, 5), going())
      ok(given.outage, 'if there is no outage, set `outage: false`')
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
    },
  )
}

async function faultOf(work: Promise<unknown>): Promise<Fault> {
  const thrown = await work.then(
    () => new Error('the write resolved although the destination accepted nothing'),
    (reason: unknown) => reason,
  )
  if (isFault(thrown)) return thrown
  throw thrown
}
