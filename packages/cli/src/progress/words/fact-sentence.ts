import type { Fact } from '@asana-audit/core'
import { counted } from '../../counted.ts'

/** The sentence about one fact, for a person. Undefined if there is none. Facts `quarantined` have theirs in `quarantineSentences`. */
export function factSentence(label: string, fact: Fact): string | undefined {
  switch (fact.type) {
    case 'paused':
      return `! ${label}: ${fact.message}`
    case 'retrying':
      return `! ${label}: ${fact.message} Trying again.`
    case 'resumed':
      return `  ${label}: works again.`
    case 'healed':
      return `  ${label}: ${fact.reason} Continuing from ${fact.restartAt ?? 'the oldest event'}.`
    case 'too_old':
      return `! ${label}: events up to ${fact.newestAt} are put in quarantine. ${fact.reason}`
    case 'possible_loss':
      return `! ${label}: Asana keeps events for 90 days. Unread events from ${fact.from} to ${fact.until} are deleted.`
    case 'cut_off':
      return `! ${label}: stopped before the destination had confirmed ${counted(fact.events, 'event')}. The next run sends them again, so they may arrive twice.`
    default:
      return undefined
  }
}
