import { nearestName } from '@asana-audit/schema/options'

/** What to say of a setting that is none. */
export function unknownSetting(name: string, known: readonly string[]): string {
  const nearest = nearestName(name, known)
  const meant = nearest === undefined ? '' : ` Is ${nearest} meant?`
  return `There is no such setting.${meant} Known here: ${known.join(', ')}.`
}
