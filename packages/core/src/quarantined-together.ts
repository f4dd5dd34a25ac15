import type { Fact, Quarantined } from './fact.ts'

/** Events of one commit that went to quarantine for the same reason. */
export interface QuarantinedTogether {
  readonly first: Quarantined
  readonly last: Quarantined
  readonly events: number
}

/**
 * Takes each fact of a pipeline, and returns the groups that are complete now. A receiver may refuse a whole write of 1,000 events: there is
 * a fact for each event, but a person should get one message for all that go to quarantine together for the same reason. The facts of a
 * commit come one after another, so the next fact of another type is their end.
 */
export function quarantinedTogether(): (fact: Fact, lane: string) => readonly QuarantinedTogether[] {
  /** By lane, then by reason. A lane is only here until its next fact of another type. */
  const lanes = new Map<string, Map<string, QuarantinedTogether>>()
  return (fact, lane) => {
    const groups = lanes.get(lane) ?? new Map<string, QuarantinedTogether>()
    if (fact.type !== 'quarantined') {
      lanes.delete(lane)
      return [...groups.values()]
    }
    lanes.set(lane, groups)
    const key = JSON.stringify([fact.kind, fact.code, fact.reason])
    const group = groups.get(key)
    groups.set(key, { first: group?.first ?? fact, last: fact, events: (group?.events ?? 0) + 1 })
    return []
  }
}
