import { actorTypes, eventTypes } from '@asana-audit/schema'

const known = {
  'event type': [...eventTypes.keys()],
  category: [...new Set([...eventTypes.values()].map(({ category }) => category as string))],
  'actor type': actorTypes as readonly string[],
}

/**
 * What to say of a name that is filtered by and known to nobody: mistyped, or newer than this version. It may find nothing for
 * ever, and still be right. Undefined for one that is known.
 */
export function unknownName(kind: keyof typeof known, name: string): string | undefined {
  const names = known[kind]
  if (names.includes(name)) return undefined
  const near = names.filter((one) => sharedLetters(one, name) >= Math.max(4, name.length * 0.7)).slice(0, 3)
  const instead = near.length > 0 ? near : names.length < 20 ? names : []
  const there = instead.length > 0 ? ` There is ${instead.join(', ')}.` : ''
  return `${name} is no ${kind} known to this version.${there}`
}

/** How many letters two names begin with alike. */
function sharedLetters(one: string, other: string): number {
  let count = 0
  while (count < one.length && one[count] === other[count]) count += 1
  return count
}
