import { eventTypes } from '@asana-audit/schema'
import { actorTypes } from '@asana-audit/schema/mapping'
import { nearestName } from '@asana-audit/schema/options'

const known = {
  'event type': [...eventTypes.keys()],
  category: [...new Set([...eventTypes.values()].map(({ category }) => category as string))],
  'actor type': actorTypes as readonly string[],
}

/** A name in a filter that this version does not know. */
export interface UnknownName {
  /** For people. */
  readonly message: string
  /** The known name that was probably meant. Undefined if the name is probably newer than this version. */
  readonly nearest: string | undefined
}

/** The message about an unknown name in a filter. Undefined for a known name. */
export function unknownName(kind: keyof typeof known, name: string): UnknownName | undefined {
  const names = known[kind]
  if (names.includes(name)) return undefined
  const nearest = nearestName(name, names)
  const list = names.length < 20 ? ` Known: ${names.join(', ')}.` : ''
  const instead = nearest === undefined ? list : ` Did you mean ${nearest}?`
  return { message: `This version does not know the ${kind} ${name}.${instead}`, nearest }
}
