import { nearestName } from '@asana-audit/schema/options'

/** The message about an unknown setting. */
export function unknownSetting(name: string, known: readonly string[]): string {
  const nearest = nearestName(name, known)
  const meant = nearest === undefined ? '' : ` Did you mean ${nearest}?`
  return `There is no such setting.${meant} Known here: ${known.join(', ')}.`
}
