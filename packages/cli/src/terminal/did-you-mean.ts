import { nearestName } from '@asana-audit/schema/options'

/**
 * The known names that may have been meant: the nearest one, or up to three that begin with the name (`splunk`) or end with it (`email`), or
 * the longest that it begins with (`workspace_gid`). Empty for a known name, and for one that is like none of them.
 */
export function meantNames(name: string, known: Iterable<string>): readonly string[] {
  const names = [...known]
  if (names.includes(name)) return []
  const nearest = nearestName(name, names)
  if (nearest !== undefined) return [nearest]
  const typed = folded(name)
  if (typed.length < 3) return []
  const longer = [
    names.filter((one) => folded(one).startsWith(typed)),
    names.filter((one) => folded(one).endsWith(`_${typed}`)),
  ].find((found) => found.length > 0)
  if (longer) return longer.length > 3 ? [] : longer
  const shorter = names.filter((one) => folded(one).length >= 3 && typed.startsWith(folded(one)))
  return shorter.toSorted((one, other) => other.length - one.length).slice(0, 1)
}

/** The end of a message about an unknown name, with a blank before it: ` Did you mean splunk-hec?`. Empty if nothing is like it. */
export function didYouMean(name: string, known: Iterable<string>): string {
  const meant = meantNames(name, known)
  if (meant.length === 0) return ''
  return ` Did you mean ${[meant.slice(0, -1).join(', '), ...meant.slice(-1)].filter(Boolean).join(' or ')}?`
}

/** Case, and hyphens, blanks and underscores do not count. */
function folded(name: string): string {
  return name.trim().toLowerCase().replaceAll(/[-\s]/g, '_').replace(/^_+/, '')
}
