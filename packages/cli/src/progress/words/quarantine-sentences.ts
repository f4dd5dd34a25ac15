import type { Fact } from '@asana-audit/core'

type Quarantined = Extract<Fact, { type: 'quarantined' }>

/**
 * What a person is told about events in quarantine. A receiver may refuse a whole write of 1,000 events: there is a fact for each event, but
 * one sentence for all that go there together for the same reason. The facts of a commit come one after another, so the next fact of
 * another type is their end.
 */
export interface QuarantineSentences {
  /** Takes a fact of a lane, and gives the sentences that are complete now. */
  after(label: string, fact: Fact): readonly string[]
}

export function quarantineSentences(): QuarantineSentences {
  /** By lane, then by reason. A lane is only here until its next fact of another type. */
  const lanes = new Map<string, Map<string, Group>>()
  return {
    after(label, fact) {
      if (fact.type === 'quarantined') {
        const groups = lanes.get(label) ?? new Map<string, Group>()
        lanes.set(label, groups)
        const key = JSON.stringify([fact.kind, fact.code, fact.reason])
        const group = groups.get(key)
        groups.set(key, { first: group?.first ?? fact, last: fact, events: (group?.events ?? 0) + 1 })
        return []
      }
      const groups = lanes.get(label)
      lanes.delete(label)
      return [...(groups?.values() ?? [])].map((group) => sentence(label, group))
    },
  }
}

interface Group {
  readonly first: Quarantined
  readonly last: Quarantined
  readonly events: number
}

function sentence(label: string, { first, last, events }: Group): string {
  const { reason } = first
  if (events === 1) return `! ${label}: event ${named(first)} was put in quarantine: ${reason}`
  const ids = `the first is ${named(first)}, the last ${named(last)}`
  return `! ${label}: ${events.toLocaleString('en')} events were put in quarantine (${ids}; asana-audit quarantine list shows all of them): ${reason}`
}

function named({ id }: Quarantined): string {
  return id ?? 'without a gid'
}
