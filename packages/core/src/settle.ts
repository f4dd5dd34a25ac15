import { systemClock } from './clock.ts'
import type { Sink } from './contract.ts'
import { type Fault, fault, isFault } from './fault.ts'
import { type Patience, pause, retry } from './retry.ts'
import { ease, type Standing } from './standing.ts'

export interface Unaccepted {
  /** Its place among the records. */
  readonly place: number
  readonly kind: 'rejected' | 'uncertain'
  readonly code: string
  readonly reason: string
}

export interface Settled {
  /** The places of those the sink has taken. */
  readonly accepted: readonly number[]
  /** For the quarantine. */
  readonly unaccepted: readonly Unaccepted[]
}

export interface SettleOptions<R> {
  readonly records: readonly R[]
  readonly sink: Sink<R>
  readonly standing: Standing
  readonly patience: Patience
  /** What a write of which an unknown part was taken does. Default `quarantine`. */
  readonly onUncertain?: 'quarantine' | 'stop' | undefined
  /** Cuts the attempt in flight short; `patience.signal` only ends the waits between attempts. */
  readonly cut: AbortSignal
  readonly onAccepted?: (records: number) => void
}

const mostRefusedInRow = 20

/**
 * Brings every record of one write to an end, in order: accepted, refused for good, or uncertain. Waits out temporary
 * faults, halves a write with something unacceptable in it until that is found, and pauses when it looks as if the set-up
 * and not the records were at fault: refusals and nothing accepted yet by this process, but for the few that earlier
 * acceptances vouch for; or twenty refusals in a row.
 */
export async function settle<R>(options: SettleOptions<R>): Promise<Settled> {
  const { records, sink, standing, patience, cut, onAccepted, onUncertain = 'quarantine' } = options
  const { clock = systemClock } = patience
  const accepted: number[] = []
  const unaccepted: Unaccepted[] = []
  /** Places of what is still to be sent, in order, each list a write of its own. */
  const all = [...records.keys()]
  let writes: (readonly number[])[] = records.length > 0 ? [all] : []
  /** Refused since the last acceptance, so perhaps not their own fault. */
  let suspects: Unaccepted[] = []
  /** The first failure since something was last accepted or refused: patience is for all of them together. */
  let failingSince: number | undefined
  /** Isolated as perhaps at fault, and how many acceptances there had been by then. */
  const isolated = new Map<number, number>()

  function recordsAt(places: readonly number[]): readonly R[] {
    return places === all ? records : places.map((place) => records[place]!)
  }

  function accept(taken: readonly number[]): void {
    if (taken.length === 0) return
    for (const place of taken) accepted.push(place)
    failingSince = undefined
    unaccepted.push(...suspects.splice(0))
    standing.acceptedOnce = true
    standing.acceptances += 1
    standing.refusedInRow = 0
    onAccepted?.(taken.length)
  }

  function refuse(place: number, { code, message }: Fault): void {
    suspects.push({ place, kind: 'rejected', code, reason: message })
    failingSince = undefined
    standing.refusedInRow += 1
  }

  /** One write until it is accepted or rejected. `isolateAfter` turns a stubborn temporary fault into a rejection. */
  async function attempt(): Promise<void> {
    let failures = 0
    let troubled = 0
    // A record that is perhaps at fault must not keep other writes from showing that the destination is up.
    const holds = writes[0]?.some((place) => isolated.has(place)) ? 0 : 1
    const tried = async (): Promise<void> => {
      const write = writes[0] ?? []
      try {
        await sink.write(recordsAt(write), cut)
      } catch (error) {
        failingSince ??= clock.now()
        standing.troubled += holds - troubled
        troubled = holds
        if (!isFault(error)) throw error
        const taken = write.slice(0, error.accepted ?? 0)
        accept(taken)
        writes[0] = write.slice(taken.length)
        failures = taken.length > 0 ? 1 : failures + 1
        if (error.fault !== 'temporary' || failures < (error.isolateAfter ?? Number.POSITIVE_INFINITY))
          throw error
        const { code, message, isolateAfter } = error
        throw fault({ fault: 'rejected', code, message, at: 'none-taken', isolateAfter: isolateAfter ?? 0 })
      }
      accept(write)
      writes.shift()
    }
    try {
      await retry(tried, { ...patience, since: failingSince })
    } finally {
      standing.troubled -= troubled
      if (troubled > 0) ease(standing)
    }
  }

  /** `writes[0]` begins with what the rejection is about: the accepted prefix is already gone. */
  function setAside(rejection: Fault): void {
    const [write = [], ...others] = writes
    const { at = 'none-taken', affected = write.length, accepted: before = 0 } = rejection
    if (typeof at === 'number') {
      const index = Math.max(0, at - before)
      accept(write.slice(0, index))
      const refused = write[index]
      if (refused !== undefined) refuse(refused, rejection)
      writes = [write.slice(index + 1), ...others]
    } else if (at === 'some-taken') {
      const { code, message } = rejection
      if (onUncertain === 'stop') throw stopped(message)
      for (const place of write.slice(0, affected)) {
        unaccepted.push({ place, kind: 'uncertain', code, reason: message })
      }
      standing.refusedInRow += 1
      writes = [write.slice(affected), ...others]
    } else if (affected <= 1) {
      writes = [write.slice(1), ...others]
      for (const place of write.slice(0, 1)) {
        if (rejection.isolateAfter === undefined || isProven(place)) refuse(place, rejection)
        else {
          isolated.set(place, standing.acceptances)
          writes.push([place])
        }
      }
    } else {
      const half = Math.ceil(affected / 2)
      writes = [write.slice(0, half), write.slice(half, affected), write.slice(affected), ...others]
    }
    writes = writes.filter((rest) => rest.length > 0)
  }

  /** A fault of the whole destination looks the same; so a record is at fault only if others were accepted meanwhile. */
  function isProven(place: number): boolean {
    const before = isolated.get(place)
    return before !== undefined && standing.acceptances > before
  }

  /** Until something is accepted again, nothing more is set aside, however long it takes. */
  async function suspicion(refusal: Fault): Promise<void> {
    standing.acceptedOnce = false
    standing.unprovenLeft = 0
    standing.suspected += 1
    ease(standing)
    try {
      await pause(refusal, patience)
    } finally {
      standing.suspected -= 1
    }
  }

  for (;;) {
    while (writes.length > 0 && standing.refusedInRow < mostRefusedInRow) {
      try {
        await attempt()
      } catch (error) {
        if (!isFault(error) || error.fault !== 'rejected') throw error
        setAside(error)
      }
      writes = writes.filter((rest) => rest.length > 0)
    }
    const unproven = standing.acceptedOnce ? 0 : suspects.length
    const doubtful = standing.refusedInRow >= mostRefusedInRow || unproven > standing.unprovenLeft
    if (!doubtful || (suspects.length === 0 && writes.length === 0)) {
      standing.unprovenLeft -= unproven
      break
    }
    await suspicion(setUpRefused(suspects.at(-1), standing))
    // Once more from the first suspect on: had it been the set-up, they are as good as any.
    const again = suspects.map(({ place }) => place)
    suspects = []
    standing.refusedInRow = 0
    if (again.length > 0) writes.unshift(again)
  }
  unaccepted.push(...suspects)
  return { accepted, unaccepted }
}

/** Not a fault to pause for: the next attempt would send again what may be there already, and that is for a person to decide. */
function stopped(said: string): Fault {
  const message = `${said} Stopped as asked to, with the cursor before that write: going on sends it again.`
  return fault({ fault: 'fatal', code: 'stopped_uncertain', message })
}

function setUpRefused(last: Unaccepted | undefined, { acceptedOnce, refusedInRow }: Standing): Fault {
  const what = acceptedOnce
    ? `The destination refused ${refusedInRow} records in a row`
    : 'The destination has not accepted a single record in this run'
  const said = last ? ` Last: ${last.reason}` : ''
  const message = `${what}, so its set-up is more likely at fault than the records; nothing was set aside.${said}`
  return fault({ fault: 'fatal', code: 'set_up_refused', message })
}
