import type { Fact } from '@asana-audit/core'
import { age } from '../progress/words/age.ts'

/** Whether something is bad at a moment. A function returns undefined instead if nothing was seen that shows it. */
export interface Condition {
  readonly isBad: boolean
  readonly message: string
}

type Stop = Extract<Fact, { type: 'retrying' | 'paused' }>
export type Part = Stop['part']

/** Which parts of a pipeline fail, by lane, and since when. All times are milliseconds since 1970. */
export interface Failures {
  readonly areAny: boolean
  stopped(lane: string, fact: Stop, now: number): void
  worked(part: Part, lane: string): void
  /** What failed in this lane is over, which does not show that the part works. */
  over(part: Part, lane: string): void
  isFailing(part: Part): boolean
  /** Whether it has failed since this process began. */
  hasFailed(part: Part): boolean
  /** Nothing is left to read or to write. */
  caughtUp(): void
  /** The pipeline starts again, perhaps with other settings. If a part that failed before fails again, it counts as failing since the first time. */
  begins(): void
  /** A part that has failed for `failingMs` is bad. If it has failed for a shorter time, the result is undefined. */
  condition(part: Part, failingMs: number, now: number): Condition | undefined
}

interface Failure {
  readonly part: Part
  readonly since: number
  readonly code: string
  readonly message: string
  readonly isPause: boolean
}

export function failuresOf(): Failures {
  /** The failures that go on, by part and lane. */
  const failures = new Map<string, Failure>()
  /** For parts that failed when the pipeline started again: since when. */
  const before = new Map<Part, number>()
  /** The parts that are known to work, and why. */
  const working = new Map<Part, string>()
  const failed = new Set<Part>()

  const oldest = (part: Part): Failure | undefined =>
    [...failures.values()]
      .filter((one) => one.part === part)
      .toSorted((one, other) => one.since - other.since)[0]

  return {
    get areAny() {
      return failures.size > 0
    },
    stopped(lane, { type, part, code, message }, now) {
      const key = `${part} ${lane}`
      // If the clock was set back meanwhile, the failure counts from now on. Otherwise there would be no alarm until that time comes again.
      const since = Math.min(failures.get(key)?.since ?? before.get(part) ?? now, now)
      working.delete(part)
      failed.add(part)
      failures.set(key, { part, since, code, message, isPause: type === 'paused' })
    },
    worked(part, lane) {
      failures.delete(`${part} ${lane}`)
      before.delete(part)
      working.set(part, restored[part])
    },
    over: (part, lane) => void failures.delete(`${part} ${lane}`),
    isFailing: (part) => oldest(part) !== undefined,
    hasFailed: (part) => failed.has(part),
    caughtUp() {
      if (failures.size > 0) return
      for (const part of ['sink', 'state'] as const) {
        before.delete(part)
        if (!working.has(part)) working.set(part, 'Everything that Asana shows is delivered.')
      }
    },
    begins() {
      for (const { part, since } of failures.values())
        before.set(part, Math.min(since, before.get(part) ?? since))
      failures.clear()
      working.clear()
    },
    condition(part, failingMs, now) {
      const failure = oldest(part)
      const works = working.get(part)
      if (!failure) return works === undefined ? undefined : { isBad: false, message: works }
      const { since, code, message, isPause } = failure
      if (now - since < failingMs) return undefined
      const next = isPause ? 'It waits until that is fixed.' : triedAgain
      return { isBad: true, message: `${broken[part]} for ${age(now - since)} (${code}). ${message} ${next}` }
    },
  }
}

const broken: Readonly<Record<Part, string>> = {
  source: 'Asana could not be read',
  sink: 'The destination has taken nothing',
  state: 'No position could be saved',
}
const triedAgain =
  'It is tried again until it works, and nothing is lost meanwhile; asana-audit check says what is wrong.'
const restored: Readonly<Record<Part, string>> = {
  source: 'Asana is read again.',
  sink: 'The destination takes events again.',
  state: 'Positions are saved again.',
}
