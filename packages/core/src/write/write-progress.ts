import { type Clock, systemClock } from '../clock.ts'
import type { Identity } from '../contract.ts'
import { type Fault, fault } from '../fault.ts'
import type { Write } from './divide-write.ts'
import { type Refusal, type Writer, writer } from './send-write.ts'
import type { DeliverWriteOptions, Streak, Unaccepted } from './write-outcome.ts'

/** The answer to one record sent alone. `unclear` is a temporary fault that does not go away. */
export type LoneAnswer = 'taken' | 'uncertain' | 'unclear' | Fault<'rejected'>

/** The outcome of one write so far, by record index, and what it shows about the destination. */
export class WriteProgress<R> {
  readonly options: DeliverWriteOptions<R>
  readonly clock: Clock
  readonly writer: Writer<R>
  /** Refusals in a row of the lane, across its writes. */
  readonly streak: Streak
  readonly accepted: number[] = []
  readonly unaccepted: Unaccepted[] = []
  /** Records refused since the last acceptance: the set-up may be the cause. */
  suspects: Unaccepted[] = []
  /** How many attempts to write had begun at the first suspect. */
  suspectedAt = 0
  /** A test of age got an unclear answer, so age is not considered for now. */
  ignoresAge = false
  readonly #all: Write
  #writes: readonly Write[] = []
  /** Records with a temporary fault that did not go away when sent alone, and how many attempts had begun by then. */
  readonly #isolated = new Map<number, number>()

  constructor(options: DeliverWriteOptions<R>) {
    const { records, streak = { rejected: 0, attempts: 0 }, retryPolicy } = options
    this.options = options
    this.clock = retryPolicy.clock ?? systemClock
    this.writer = writer(options)
    this.streak = streak
    this.#all = [...records.keys()]
    this.writes = [this.#all]
  }

  /** What is still to be sent, in order. Each list is one write; none is empty. */
  get writes(): readonly Write[] {
    return this.#writes
  }

  set writes(writes: readonly Write[]) {
    this.#writes = writes.filter(({ length }) => length > 0)
  }

  identity(index: number): Identity | undefined {
    return this.options.identities?.[index]
  }

  /** Oldest first. Without known times the order stays as it is. */
  byAge(indexes: Write): Write {
    const { identities } = this.options
    return identities ? indexes.toSorted((a, b) => identities[a]!.at - identities[b]!.at) : indexes
  }

  /** Whether these are older than everything the destination has accepted. */
  areOlderThanTaken(indexes: Write): boolean {
    const now = this.clock.now()
    const { age } = this.options.health
    if (this.ignoresAge) return false
    return indexes.every((index) => {
      const identity = this.identity(index)
      return identity !== undefined && age.isOlderThanTaken(identity.at, now)
    })
  }

  /** Refusals in a row, of the lane or of this write: another write of the lane may have been accepted in between. */
  get rejectedInRow(): number {
    return Math.max(this.streak.rejected, this.suspects.length)
  }

  /** Sends records as one write. Resolves with those that were not accepted, and the refusal if there was one. */
  async send(
    write: Write,
    onTaken: (taken: Write) => void = (taken) => this.accept(taken),
  ): Promise<{ readonly left: Write; readonly refusal: Refusal | undefined }> {
    const { records } = this.options
    let left = write
    // Other writes must not wait for a record that may be at fault: they show whether the destination is up.
    const isLone = write.some((index) => this.#isolated.has(index))
    const refusal = await this.writer.send(
      write === this.#all ? records : write.map((index) => records[index]!),
      (count) => {
        onTaken(left.slice(0, count))
        left = left.slice(count)
      },
      isLone,
    )
    return { left, refusal }
  }

  /** Sends one record alone. Its acceptance does not clear the suspects. If nobody knows whether it was taken, it is quarantined as uncertain. */
  async sendAlone(index: number): Promise<LoneAnswer> {
    const { refusal } = await this.send([index], (taken) => this.take(taken))
    if (!refusal) return 'taken'
    if (refusal.fault === 'temporary') return 'unclear'
    if (refusal.at !== 'some-taken' || this.options.onUncertain === 'resend') return refusal
    this.setUncertain([index], refusal)
    return 'uncertain'
  }

  /** An acceptance after refusals shows that the set-up works: so the suspected records were at fault. */
  accept(taken: Write): void {
    if (taken.length === 0) return
    this.take(taken)
    this.quarantineSuspects()
    // Another write of the lane may have been refused while this one was under way.
    if (this.writer.attempt > this.streak.attempts) this.streak.rejected = 0
  }

  take(taken: Write): void {
    const { health, onAccepted } = this.options
    for (const index of taken) this.accepted.push(index)
    this.#noteAge(taken)
    this.writer.moved()
    health.accept(this.writer.attempt)
    onAccepted?.(taken.length, taken)
  }

  #noteAge(taken: Write): void {
    const { records, identities, health } = this.options
    if (!identities) return
    let [oldest, newest] = [taken[0]!, taken[0]!]
    for (const index of taken) {
      if (identities[index]!.at < identities[oldest]!.at) oldest = index
      if (identities[index]!.at > identities[newest]!.at) newest = index
    }
    const now = this.clock.now()
    for (const index of [oldest, newest]) health.age.taken(records[index]!, identities[index]!, now)
  }

  /** The record was refused alone. If the whole destination may be at fault, it is sent once more, after all others. */
  reject(index: number, { fault: kind, code, message }: Refusal): void {
    const { health } = this.options
    const before = this.#isolated.get(index)
    const isFixed = kind === 'rejected' || (before !== undefined && health.lastAccepted > before)
    if (!isFixed) {
      this.#isolated.set(index, health.attempts)
      this.writes = [...this.writes, [index]]
      return
    }
    if (this.suspects.length === 0) this.suspectedAt = health.attempts
    this.suspects.push({ index, kind: 'rejected', code, reason: message })
    this.#countRefusal()
  }

  setUncertain(indexes: Write, { code, message }: Refusal): void {
    if (indexes.length === 0) return
    if (this.options.onUncertain === 'stop') throw stopped(message)
    for (const index of indexes) {
      this.unaccepted.push({ index, kind: 'uncertain', code, reason: message })
    }
    this.#countRefusal()
  }

  setTooOld(indexes: Write, reason: string): void {
    if (indexes.length === 0) return
    for (const index of indexes) this.unaccepted.push({ index, kind: 'rejected', code: 'too_old', reason })
    this.options.health.age.listsInRow += 1
  }

  quarantineSuspects(): void {
    this.unaccepted.push(...this.suspects.splice(0))
  }

  /** Clears records and set-up of suspicion. Returns the former suspects. */
  clear(): Unaccepted[] {
    this.streak.rejected = 0
    this.options.health.rejectedInRow = 0
    return this.suspects.splice(0)
  }

  #countRefusal(): void {
    const { health } = this.options
    if (this.streak.rejected === 0) this.streak.attempts = health.attempts
    this.streak.rejected += 1
    health.refuse()
    this.writer.moved()
  }
}

/** No pause: the next attempt could send again what the destination already has. A person must decide that. */
function stopped(said: string): Fault {
  const message = `${said} Stopped as configured, with the cursor before that write: the next run sends it again.`
  return fault({ fault: 'fatal', code: 'stopped_uncertain', message })
}
