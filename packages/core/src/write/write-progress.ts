import { type Clock, systemClock } from '../clock.ts'
import type { Identity } from '../contract.ts'
import { type Fault, fault } from '../fault.ts'
import type { Write } from './divide-write.ts'
import { type Refusal, type Writer, writer } from './send-write.ts'
import type { DeliverWriteOptions, Streak, Unaccepted } from './write-outcome.ts'

/** What one record by itself was answered with; `unclear` is a temporary fault that stays. */
export type LoneAnswer = 'taken' | 'uncertain' | 'unclear' | Fault<'rejected'>

/** What became of the records of one write so far, by their indexes, and what that says of the destination. */
export class WriteProgress<R> {
  readonly options: DeliverWriteOptions<R>
  readonly clock: Clock
  readonly writer: Writer<R>
  /** Refusals of the lane, over its writes. */
  readonly streak: Streak
  readonly accepted: number[] = []
  readonly unaccepted: Unaccepted[] = []
  /** Refused since the last acceptance, so perhaps not their own fault. */
  suspects: Unaccepted[] = []
  /** How many acceptances there had been at the first suspect. */
  suspectedAt = 0
  /** A question about age was answered with something else. */
  isAgeLeftOut = false
  readonly #all: Write
  #writes: readonly Write[] = []
  /** Alone with a stubborn temporary fault, and how many acceptances there had been by then. */
  readonly #isolated = new Map<number, number>()

  constructor(options: DeliverWriteOptions<R>) {
    const { records, streak = { rejected: 0, acceptances: 0 }, retryPolicy } = options
    this.options = options
    this.clock = retryPolicy.clock ?? systemClock
    this.writer = writer(options)
    this.streak = streak
    this.#all = [...records.keys()]
    this.writes = [this.#all]
  }

  /** What is still to be sent, in order, each list a write of its own and none of them empty. */
  get writes(): readonly Write[] {
    return this.#writes
  }

  set writes(writes: readonly Write[]) {
    this.#writes = writes.filter(({ length }) => length > 0)
  }

  identity(index: number): Identity | undefined {
    return this.options.identities?.[index]
  }

  /** Oldest first; where no times are known, as they are. */
  byAge(indexes: Write): Write {
    const { identities } = this.options
    return identities ? indexes.toSorted((a, b) => identities[a]!.at - identities[b]!.at) : indexes
  }

  /** Whether everything the destination has taken is newer than these. */
  areBeyond(indexes: Write): boolean {
    const now = this.clock.now()
    const { age } = this.options.health
    if (this.isAgeLeftOut) return false
    return indexes.every((index) => {
      const identity = this.identity(index)
      return identity !== undefined && age.isBeyond(identity.at, now)
    })
  }

  /** How many in a row, here or in the lane: another write of the lane may have been accepted in between. */
  get rejectedInRow(): number {
    return Math.max(this.streak.rejected, this.suspects.length)
  }

  /** Sends indexes as one write. Resolves with those that were not taken, and the refusal if there was one. */
  async send(
    write: Write,
    onTaken: (taken: Write) => void = (taken) => this.accept(taken),
  ): Promise<{ readonly left: Write; readonly refusal: Refusal | undefined }> {
    const { records } = this.options
    let left = write
    // A record that is perhaps at fault must not keep other writes from showing that the destination is up.
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

  /** One record by itself, which clears no other. Where nobody knows whether it was taken, it is set aside as that. */
  async sendAlone(index: number): Promise<LoneAnswer> {
    const { refusal } = await this.send([index], (taken) => this.take(taken))
    if (!refusal) return 'taken'
    if (refusal.fault === 'temporary') return 'unclear'
    if (refusal.at !== 'some-taken' || this.options.onUncertain === 'resend') return refusal
    this.setUncertain([index], refusal)
    return 'uncertain'
  }

  /** What comes after some refusals and is taken clears the set-up: it was the records. */
  accept(taken: Write): void {
    if (taken.length === 0) return
    this.take(taken)
    this.setSuspectsAside()
    this.streak.rejected = 0
  }

  take(taken: Write): void {
    const { health, onAccepted } = this.options
    for (const index of taken) this.accepted.push(index)
    this.#noteAge(taken)
    this.writer.moved()
    health.accept()
    onAccepted?.(taken.length)
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

  /** Refused by itself. Where that may be a fault of the whole destination it is sent once more, after all others. */
  reject(index: number, { fault: kind, code, message }: Refusal): void {
    const { health } = this.options
    const before = this.#isolated.get(index)
    const isFixed = kind === 'rejected' || (before !== undefined && health.acceptances > before)
    if (!isFixed) {
      this.#isolated.set(index, health.acceptances)
      this.writes = [...this.writes, [index]]
      return
    }
    if (this.suspects.length === 0) this.suspectedAt = health.acceptances
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

  setSuspectsAside(): void {
    this.unaccepted.push(...this.suspects.splice(0))
  }

  /** Nobody is suspected any more, and no set-up either; gives the suspects back. */
  clear(): Unaccepted[] {
    this.streak.rejected = 0
    this.options.health.rejectedInRow = 0
    return this.suspects.splice(0)
  }

  #countRefusal(): void {
    const { health } = this.options
    if (this.streak.rejected === 0) this.streak.acceptances = health.acceptances
    this.streak.rejected += 1
    health.rejectedInRow += 1
    this.writer.moved()
  }
}

/** Not a fault to pause for: the next attempt would send again what may be there already, and that is for a person to decide. */
function stopped(said: string): Fault {
  const message = `${said} Stopped as asked to, with the cursor before that write: going on sends it again.`
  return fault({ fault: 'fatal', code: 'stopped_uncertain', message })
}
