import { eventTypes } from '@asana-audit/schema'
import { actorTypes } from '@asana-audit/schema/mapping'
import { nearestName } from '@asana-audit/schema/options'

const known = {
  'event type': [...eventTypes.keys()],
  category: [...new Set([...eventTypes.values()].map(({ category }) => category as string))],
  'actor type': actorTypes as readonly string[],
}

/** A name that is filtered by and not known to this version. */
export interface UnknownName {
  /** For people. */
  readonly message: string
  /** The known name it is mistyped from, most likely; undefined where it is more likely newer than this version. */
  readonly nearest: string | undefined
}

/** What to say of a name that is filtered by; undefined for one that is known. */
export function unknownName(kind: keyof typeof known, name: string): UnknownName | undefined {
  const names = known[kind]
  if (names.includes(name)) return undefined
  const nearest = nearestName(name, names)
  const list = names.length < 20 ? ` There is ${names.join(', ')}.` : ''
  const instead = nearest === undefined ? list : ` The nearest is ${nearest}.`
  return { message: `${name} is no ${kind} known to this version.${instead}`, nearest }
}
