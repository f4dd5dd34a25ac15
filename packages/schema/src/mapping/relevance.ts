import type { AuditLogEvent } from '../event/event.ts'
import { changeDirection } from './direction.ts'
import type { Relevance } from './families.ts'
import { type EventMapping, mappingOf } from './mapping-of.ts'
import type { RelevancePolicy } from './relevance-policy.ts'

/**
 * How much an event matters: by its type, what changed, and whether Asana's support was in the tenant. The level of a
 * policy is final, whatever the event holds.
 */
export function relevanceOf(event: AuditLogEvent, policy?: RelevancePolicy): Relevance {
  const { event_type: type, event_category: category } = event
  const set = policy && (policy.byType.get(type) ?? policy.byCategory.get(category ?? ''))
  return set ?? judged(event, mappingOf(type, category))
}

function judged({ actor, details }: AuditLogEvent, { relevance, weaker }: EventMapping): Relevance {
  // What is always weaker has it in its relevance.
  const weakened = weaker && weaker !== 'always' && changeDirection(weaker, details) === 'weaker'
  const level = weakened ? raised(relevance) : relevance
  return actor.actor_type === 'asana_support' ? raised(level) : level
}

/** One level up, never past `high`: `critical` is for an event that removes a whole defence. */
function raised(relevance: Relevance): Relevance {
  if (relevance === 'informational') return 'low'
  if (relevance === 'low') return 'medium'
  return relevance === 'critical' ? 'critical' : 'high'
}
