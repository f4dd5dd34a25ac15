import { type Fact, type QuarantinedTogether, quarantinedTogether } from '@asana-audit/core'

/** The sentences about events in quarantine, for a person. Events that go there together for the same reason share one. */
export interface QuarantineSentences {
  /** Takes a fact of a lane, and gives the sentences that are complete now. */
  after(label: string, fact: Fact): readonly string[]
}

export function quarantineSentences(): QuarantineSentences {
  const together = quarantinedTogether()
  return { after: (label, fact) => together(fact, label).map((group) => sentence(label, group)) }
}

function sentence(label: string, { first, last, events }: QuarantinedTogether): string {
  const { reason } = first
  if (events === 1) return `! ${label}: event ${named(first)} was put in quarantine: ${reason}`
  const ids = `the first is ${named(first)}, the last ${named(last)}`
  return `! ${label}: ${events.toLocaleString('en')} events were put in quarantine (${ids}; asana-audit quarantine list shows all of them): ${reason}`
}

function named({ id }: QuarantinedTogether['first']): string {
  return id ?? 'without a gid'
}
