import { eventType, eventTypes, isEventCategory } from '../event-types.ts'
import type { Relevance } from './families.ts'
import { familyTypes } from './family-types.ts'

/** Made by `relevancePolicy`, which has checked it. */
export interface RelevancePolicy {
  readonly byType: ReadonlyMap<string, Relevance>
  /** For event types the catalogue does not hold. */
  readonly byCategory: ReadonlyMap<string, Relevance>
  /** Names that are no event type, family or category known here: event types to come, or slips of the pen. */
  readonly unknown: readonly string[]
}

const levels: ReadonlySet<unknown> = new Set<Relevance>([
  'informational',
  'low',
  'medium',
  'high',
  'critical',
])

const families: ReadonlyMap<string, readonly string[]> = new Map(Object.entries(familyTypes))

/**
 * Your own judgement in place of ours, by event type, by family (`S3`) or by category; the narrowest counts.
 * It stands whatever the event holds. Throws a TypeError with the code `invalid_relevance` that names every
 * problem.
 */
export function relevancePolicy(levelOf: { readonly [name: string]: Relevance }): RelevancePolicy {
  const entries = Object.entries(levelOf)
  const problems = entries.flatMap(([name, level]) => problemsOf(name, level))
  if (problems.length > 0) {
    const error = new TypeError(`The relevance cannot be used: ${problems.join('; ')}.`)
    throw Object.assign(error, { code: 'invalid_relevance' })
  }
  const byCategory = entries.filter(([name]) => isEventCategory(name))
  const byFamily = entries.filter(([name]) => families.has(name))
  const byName = entries.filter(([name]) => !isEventCategory(name) && !families.has(name))
  return {
    byType: new Map([
      ...byCategory.flatMap(([category, level]) =>
        [...eventTypes.values()]
          .filter((type) => type.category === category)
          .map(({ name }) => [name, level] as const),
      ),
      ...byFamily.flatMap(([family, level]) =>
        (families.get(family) ?? []).map((name) => [name, level] as const),
      ),
      ...byName,
    ]),
    byCategory: new Map(byCategory),
    unknown: byName.map(([name]) => name).filter((name) => !eventType(name)),
  }
}

function problemsOf(name: string, level: unknown): string[] {
  const quoted = JSON.stringify(name)
  if (!levels.has(level)) {
    return [`${quoted} is ${JSON.stringify(level)}, write informational, low, medium, high or critical`]
  }
  const named = families.has(name) || isEventCategory(name) || /^[a-z][a-z0-9_]*$/.test(name)
  return named
    ? []
    : [`${quoted} is no event type, family or category, write one like user_login_failed or S3`]
}
