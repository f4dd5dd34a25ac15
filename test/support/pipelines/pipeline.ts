import type { PipelinePlan } from './plan.ts'

/** A pipeline, and what is known of it. Each map and set speaks of what happened since it was last rewound over an event. */
export interface Pipeline extends PipelinePlan {
  /** Each id that arrived, and how often. */
  readonly arrived: Map<string, number>
  readonly committed: Set<string>
  readonly quarantined: Set<string>
  /** How often an id may come again: its answer was lost, or its process was killed before the commit, or it was a test. */
  readonly excused: Map<string, number>
  /** Late events from before a rewind that had not come: a rewound pipeline does not look for them. */
  readonly optional: Set<string>
  /** Broken promises that were seen at once. */
  readonly broken: string[]
  rewoundTo: number
  isMended: boolean
  /** Whether a write or a commit has failed since it was started. */
  isTroubled: boolean
  writes: number
  commits: number
}

export function newPipeline(plan: PipelinePlan): Pipeline {
  return {
    ...plan,
    ...{ arrived: new Map(), committed: new Set(), quarantined: new Set() },
    ...{ excused: new Map(), optional: new Set(), broken: [] },
    ...{ rewoundTo: Number.NEGATIVE_INFINITY, isMended: false, isTroubled: false, writes: 0, commits: 0 },
  }
}

/** What had arrived and was not committed may come once more. That is at most what the writes hold that are under way. */
export function excuse(one: Pipeline, pageSize: number): void {
  const { arrived, committed, quarantined, excused, broken, inFlight, records } = one
  const open = [...arrived.keys()].filter((id) => !committed.has(id) && !quarantined.has(id))
  for (const id of open) more(excused, id)
  const most = 2 * inFlight * (records + pageSize)
  if (open.length > most) broken.push(`${one.name} will deliver ${open.length} events again, at most ${most}`)
}

export function more(counts: Map<string, number>, id: string): void {
  counts.set(id, (counts.get(id) ?? 0) + 1)
}
