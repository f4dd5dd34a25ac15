const known = new Map<string, RegExp>()

/** A pattern of Splunk's, in which only `*` stands for something. */
export function wildcard(pattern: string): RegExp {
  const found = known.get(pattern)
  if (found) return found
  const literal = pattern.split('*').map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&'))
  const made = new RegExp(`^${literal.join('[\\s\\S]*')}$`)
  known.set(pattern, made)
  return made
}
