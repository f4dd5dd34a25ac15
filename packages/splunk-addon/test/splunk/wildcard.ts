const known = new Map<string, RegExp>()

/** A pattern of Splunk's, in which only `*` stands for something. */
export function wildcard(pattern: string, flags = ''): RegExp {
  const found = known.get(flags + pattern)
  if (found) return found
  const literal = pattern.split('*').map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&'))
  const made = new RegExp(`^${literal.join('[\\s\\S]*')}$`, flags)
  known.set(flags + pattern, made)
  return made
}
