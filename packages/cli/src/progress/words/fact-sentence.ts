import type { Fact } from '@asana-audit/core'

/** What a person is told about a fact at once. For `quarantined` see `quarantineSentences`. */
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
    default:
      return undefined
  }
}
