import { eventType, eventTypes, isEventCategory } from '../event/event-types.ts'
import { nearestName } from '../event/nearest-name.ts'
import { policyError } from '../policy/policy-problem.ts'
import type { Relevance } from './families.ts'
import { familyTypes } from './family-types.ts'

/** Made by `relevancePolicy`, which has checked it. */
export interface RelevancePolicy {
  readonly byType: ReadonlyMap<string, Relevance>
  /** For event types that are not in the catalogue. */
  readonly byCategory: ReadonlyMap<string, Relevance>
  /** Names that may be future event types: not a known event type, family or category, and not similar to one. */
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

/** Without the families: their names are so short that all of them are similar. */
const longNames: ReadonlySet<string> = new Set(
  [...eventTypes.values()].flatMap(({ name, category }) => [name, category]),
)

/**
 * Your own judgement instead of ours, by event type, by family (`S3`) or by category; the narrowest counts. It holds
 * for every event, whatever its details are. A name similar to a known one is treated as a typing error, unless it
 * ends in `?`: an event type newer than this version. Throws a `PolicyError` with the code `invalid_relevance` that
 * names every problem.
 */
export function relevancePolicy(levelOf: { readonly [name: string]: Relevance }): RelevancePolicy {
  const written = Object.entries(levelOf)
  const problems = written.flatMap(([name, level]) => {
    const message = problemOf(name, level)
    return message === undefined ? [] : { path: [name], message }
  })
  if (problems.length > 0) throw policyError('invalid_relevance', 'The relevance', problems)
  const entries = written.map(([name, level]) => [name.replace(/\?$/, ''), level] as const)
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
    unknown: byName.map(([name]) => name).filter((name) => !eventType(name) && Object.hasOwn(levelOf, name)),
  }
}

function problemOf(written: string, level: unknown): string | undefined {
  const quoted = JSON.stringify(written)
  if (!levels.has(level)) {
    return `${quoted} is ${JSON.stringify(level)}, write informational, low, medium, high or critical`
  }
  const name = written.replace(/\?$/, '')
  const isDeliberate = name !== written
  const meant = isDeliberate ? undefined : nearestName(name, longNames)
  const what = `${quoted} is not an event type, family or category`
  if (meant !== undefined) {
    return `${what}, the nearest is ${JSON.stringify(meant)} (write "${name}?" for an event type newer than this version)`
  }
  if (families.has(name) || /^[a-z][a-z0-9_]*$/.test(name)) return undefined
  return `${what}, write one like user_login_failed or S3`
}
