/**
 * The values at a dotted path (`context.client_ip_address`); none if the path does not exist. A list on the path is
 * searched, so that `details.groups.name` finds every name; a list inside a list is not.
 */
export function nodesAt(value: unknown, path: readonly string[], from = 0): unknown[] {
  const key = path[from]
  if (key === undefined) return [value]
  if (Array.isArray(value))
    return value.flatMap((item) => (Array.isArray(item) ? [] : nodesAt(item, path, from)))
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return []
  return nodesAt((value as Record<string, unknown>)[key], path, from + 1)
}

/** The single values at a path; for a list, its items. */
export function valuesAt(value: unknown, path: readonly string[]): unknown[] {
  const nodes = nodesAt(value, path)
  return nodes.some(Array.isArray) ? nodes.flat() : nodes
}

/** Text, numbers and booleans as text; undefined for everything else. */
export function asText(value: unknown): string | undefined {
  if (typeof value === 'string') return value
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined
}

/** Every text in an event, in any field and at any depth. */
export function allTexts(event: unknown): string[] {
  const texts: string[] = []
  const waiting = [event]
  while (waiting.length > 0) {
    const value = waiting.pop()
    if (typeof value === 'object' && value !== null)
      for (const inner of Object.values(value)) waiting.push(inner)
    else texts.push(asText(value) ?? '')
  }
  return texts
}
