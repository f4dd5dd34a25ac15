import {
  type Fact,
  type LaneName,
  type QuarantinedTogether,
  quarantinedTogether,
  toldOnce,
} from '@asana-audit/core'
import type { AuditWarning } from './warning.ts'

/** Half a minute: what has not passed by then is worth a look. */
const failuresToTell = 5

/** Takes each fact of a pipeline, and returns the warnings to give: what happens to many events or to both lanes is one warning. */
export function toldWarnings(): (fact: Fact, lane: LaneName) => readonly AuditWarning[] {
  const together = quarantinedTogether()
  const once = toldOnce()
  return (fact, lane) => {
    const quarantined = together(fact, lane).map(
      (group): AuditWarning => ({ code: 'quarantined', message: quarantineSentence(group) }),
    )
    // A lane that gives no warning yet must not keep the other one from giving it: it may work again first.
    if (fact.type === 'retrying' && fact.failures !== failuresToTell) return quarantined
    return [...quarantined, ...once(fact, lane).flatMap((told) => warningOf(told.fact) ?? [])]
  }
}

function warningOf(fact: Fact): AuditWarning | undefined {
  if (fact.type === 'paused') return { code: 'paused', message: fact.message }
  if (fact.type === 'retrying') {
    const message = `${fact.message} That was the failure number ${failuresToTell} in a row; it is tried again, and nothing is lost.`
    return { code: 'retrying', message }
  }
  if (fact.type === 'too_old') {
    return { code: 'quarantined', message: `${fact.events} events are in the quarantine: ${fact.reason}` }
  }
  return undefined
}

function quarantineSentence({ first, last, events }: QuarantinedTogether): string {
  const [one, other] = [first, last].map(({ id }) => id ?? 'without an id')
  if (events === 1) return `Event ${one} is in the quarantine: ${first.reason}`
  return `${events.toLocaleString('en')} events are in the quarantine (the first is ${one}, the last ${other}): ${first.reason}`
}
