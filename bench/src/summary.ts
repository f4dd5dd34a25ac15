import type { Case, Leg, Look, Outcome, Round } from './case.ts'
import { type FigureName, type Figures, requestFigures } from './figures.ts'
import type { Machine } from './machine.ts'

/** The median of values, with the least and the most. */
export interface Spread {
  readonly median: number
  readonly least: number
  readonly most: number
}

/** A row in the results. Counts are those of the worst round. */
export interface RowSummary {
  readonly name: string
  readonly kind: Case['kind']
  readonly floor: string
  readonly events: number
  readonly rounds: number
  /** Why rounds failed. */
  readonly failures: readonly string[]
  /** Microseconds for each event. */
  readonly wall?: Spread
  readonly cpu?: Spread
  readonly eventsPerSecond?: number
  readonly peakMb?: number
  readonly heapMb?: readonly number[]
  /** The requests to Asana, and how many it answered with 429. */
  readonly requests?: number
  readonly refused?: number
  readonly peakInFlight?: number
  /** Bytes sent for each event. */
  readonly sentBytes?: number
  /** Bytes stored for each event. */
  readonly storedBytes?: number
  readonly lost?: number
  readonly setAside?: number
  readonly repeats?: number
  readonly figures?: Readonly<Partial<Record<FigureName, Spread>>>
}

export interface LegSummary extends Omit<Leg, 'cases'> {
  readonly date: string
  readonly machine: Machine
  readonly quick: boolean
  /** How long the whole leg took. */
  readonly minutes?: number
  readonly rows: readonly RowSummary[]
}

export function summary(one: Case, outcomes: readonly Outcome[]): RowSummary {
  const rounds = outcomes.filter((outcome): outcome is Round => 'wallMs' in outcome)
  const looks = outcomes.filter((outcome): outcome is Look => 'figures' in outcome)
  const failures = outcomes.flatMap((outcome) => ('error' in outcome ? [outcome.error] : []))
  const { name, kind, events, floor = 'floor' } = one
  const head = { name, kind, floor, events, rounds: rounds.length + looks.length, failures }
  if (looks.length > 0)
    return { ...head, ...lostOf(looks), figures: spreads(looks.map(({ figures }) => figures)) }
  if (rounds.length === 0) return head
  const { derived = [] } = one
  const told = rounds.map(({ asana, events: done }): Figures => {
    const all = requestFigures(asana, Math.min(done, events))
    return Object.fromEntries(
      Object.entries(all).filter(([figure]) => derived.includes(figure as FigureName)),
    )
  })
  return {
    ...head,
    ...costs(one, rounds),
    ...(derived.length > 0 && { figures: spreads(told) }),
  }
}

function costs({ events }: Case, rounds: readonly Round[]): Partial<RowSummary> {
  // An event to several destinations counts once.
  const perEvent = (ms: number, round: Round): number => (ms * 1000) / Math.min(round.events, events)
  const wall = spread(rounds.map((round) => perEvent(round.wallMs, round)))
  const worst = (value: (round: Round) => number | undefined): number | undefined => {
    const values = rounds.map(value).filter((one) => one !== undefined)
    return values.length > 0 ? Math.max(...values) : undefined
  }
  const heapMb = rounds.at(-1)?.heapMb ?? []
  const counts = {
    requests: worst(({ asana }) => asana.requests),
    refused: worst(({ asana }) => asana.refused),
    peakInFlight: worst(({ asana }) => asana.peakInFlight),
    sentBytes: worst(({ receiver, events: done }) => receiver && Math.round(receiver.bytes / done)),
    storedBytes: worst(({ storedBytes, events: done }) => storedBytes && Math.round(storedBytes / done)),
    lost: worst(({ lost }) => lost),
    setAside: worst(({ setAside }) => setAside.length),
    repeats: worst(({ receiver }) => receiver?.repeats),
  }
  return {
    wall,
    cpu: spread(rounds.map((round) => perEvent(round.cpuMs, round))),
    eventsPerSecond: Math.round(1e6 / wall.median),
    peakMb: Math.round(worst(({ peakMb }) => peakMb) ?? 0),
    ...(heapMb.length > 0 && { heapMb: heapMb.map(rounded) }),
    ...(Object.fromEntries(Object.entries(counts).filter(([, count]) => count !== undefined)) as object),
  }
}

function lostOf(looks: readonly Look[]): Pick<RowSummary, 'lost'> {
  const lost = looks.flatMap(({ lost: one }) => (one === undefined ? [] : [one]))
  return lost.length > 0 ? { lost: Math.max(...lost) } : {}
}

function spreads(all: readonly Figures[]): Partial<Record<FigureName, Spread>> {
  const names = new Set(all.flatMap((figures) => Object.keys(figures) as FigureName[]))
  const valuesOf = (name: FigureName): number[] => all.flatMap((figures) => figures[name] ?? [])
  return Object.fromEntries([...names].map((name) => [name, spread(valuesOf(name))]))
}

function spread(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  const median =
    sorted.length % 2 === 1 ? sorted[middle]! : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2
  return { median: rounded(median), least: rounded(sorted[0]!), most: rounded(sorted.at(-1)!) }
}

function rounded(value: number): number {
  return Math.round(value * 100) / 100
}
