import { type Fault, fault } from '@asana-audit/core'

/** A failed export. All records of one call have the same object. */
export interface Refusal {
  readonly fault: Fault
}

/** `under_way`: given to the exporter, which has not called back. `unseen`: never given to it. */
export type RecordResult = 'accepted' | Refusal | 'under_way' | 'unseen'

/** The results of the records of one write, as they come. */
export interface Expectation {
  /** Resolves once each record has a result, or once none can come any more because the exporter was shut down. */
  readonly settled: Promise<void>
  readonly isShutDown: boolean
  /** Most attributes that the SDK left out of one of these records, because of its limits. */
  readonly attributesDropped: number
  /** Why a flush of the exporter failed meanwhile, if one did. */
  readonly flushError: unknown
  resultOf(id: string): RecordResult
  /** Nothing is kept any more. */
  close(): void
}

/** All calls of the exporter, with records of the host too. */
export interface ExportCalls {
  readonly begun: number
  /** Without those that were given up. */
  readonly underWay: number
}

/** One of our records, as the exporter was given it. */
export interface GivenRecord {
  readonly id: string
  readonly attributesDropped: number
}

/** One call of the exporter. */
interface Call {
  end(refusal: Fault | undefined): void
}

/** Which exporter calls held which awaited records, and how they ended. Records that nobody awaits cost a look-up. */
export class AwaitedResults {
  readonly #open = new Set<OpenExpectation>()
  #isShutDown = false
  #begun = 0
  /** By their numbers, from 1 on. */
  readonly #underWay = new Set<number>()

  get calls(): ExportCalls {
    return { begun: this.#begun, underWay: this.#underWay.size }
  }

  expect(ids: readonly string[]): Expectation {
    const close = (): void => void this.#open.delete(expectation)
    const expectation = new OpenExpectation(ids, close)
    this.#open.add(expectation)
    if (this.#isShutDown) expectation.shutDown()
    return expectation
  }

  /** An exporter was called with `total` records, of which these are ours. */
  begin(ours: readonly GivenRecord[], total: number): Call {
    this.#begun += 1
    const number = this.#begun
    this.#underWay.add(number)
    const calls = [...this.#open].map((expectation) => expectation.begin(ours, total))
    return {
      end: (refusal) => {
        this.#underWay.delete(number)
        for (const call of calls) call.end(refusal)
      },
    }
  }

  giveUpCalls(last: number): void {
    for (const number of this.#underWay) if (number <= last) this.#underWay.delete(number)
  }

  noteFlush(error: unknown): void {
    for (const expectation of this.#open) expectation.flushError = error
  }

  shutDown(): void {
    this.#isShutDown = true
    for (const expectation of this.#open) expectation.shutDown()
  }
}

class OpenExpectation implements Expectation {
  readonly settled: Promise<void>
  readonly close: () => void
  isShutDown = false
  attributesDropped = 0
  flushError: unknown
  readonly #settle: () => void
  readonly #wanted: ReadonlySet<string>
  readonly #results = new Map<string, 'accepted' | Refusal>()
  /** How many calls under way hold an id. There are several if a record was sent again. */
  readonly #underWay = new Map<string, number>()

  constructor(ids: readonly string[], close: () => void) {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.settled = promise
    this.close = close
    this.#settle = resolve
    this.#wanted = new Set(ids)
  }

  resultOf(id: string): RecordResult {
    return this.#results.get(id) ?? (this.#underWay.has(id) ? 'under_way' : 'unseen')
  }

  begin(given: readonly GivenRecord[], total: number): Call {
    const wanted = given.filter(({ id }) => this.#wanted.has(id))
    const ours = wanted.map(({ id }) => id)
    for (const id of ours) this.#underWay.set(id, (this.#underWay.get(id) ?? 0) + 1)
    for (const { attributesDropped } of wanted)
      this.attributesDropped = Math.max(this.attributesDropped, attributesDropped)
    return {
      end: (refusal) => {
        const result = refusal ? { fault: ours.length < total ? ofMixedBatch(refusal) : refusal } : 'accepted'
        for (const id of ours) this.#end(id, result)
        this.#check()
      },
    }
  }

  shutDown(): void {
    this.isShutDown = true
    this.#check()
  }

  #end(id: string, result: 'accepted' | Refusal): void {
    const left = (this.#underWay.get(id) ?? 0) - 1
    if (left > 0) this.#underWay.set(id, left)
    else this.#underWay.delete(id)
    // An event that was accepted once is safe, whatever happens to its repeats.
    if (this.#results.get(id) !== 'accepted') this.#results.set(id, result)
  }

  #check(): void {
    const isHopeless = this.isShutDown && this.#underWay.size === 0
    if (this.#results.size === this.#wanted.size || isHopeless) this.#settle()
  }
}

/** How often one write fails before its records are suspected one by one. */
const isolateAfter = 8

/** A record of the host may be the one that was refused, so ours are sent again before they are judged. */
function ofMixedBatch(refusal: Fault): Fault {
  if (refusal.fault !== 'rejected') return refusal
  const message = `${refusal.message} The batch also held records of the application, so it is not known which was refused.`
  return fault({ fault: 'temporary', code: refusal.code, isolateAfter, message, cause: refusal })
}
