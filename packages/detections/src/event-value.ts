/**
 * What is at a dotted path (`context.client_ip_address`), nothing where the path leads nowhere. A list on the way is looked into,
 * so that `details.groups.name` finds every name.
 */
export function nodesAt(value: unknown, path: readonly string[], from = 0): unknown[] {
  const key = path[from]
  if (key === undefined) return [value]
  if (Array.isArray(value)) return value.flatMap((item) => nodesAt(item, path, from))
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return []
  return nodesAt((value as Record<string, unknown>)[key], path, from + 1)
}

/** The single values at a path: of a list its items. */
export function valuesAt(value: unknown, path: readonly string[]): unknown[] {
  const nodes = nodesAt(value, path)
  return nodes.some(Array.isArray) ? nodes.flat(8) : nodes
}

/** Text, numbers and truth values as text; undefined for everything else. */
export function asText(value: unknown): string | undefined {
  if (typeof value === 'string') return value
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined
}

/** Every text in an event, whatever its field. */
export function allTexts(value: unknown): string[] {
  if (typeof value === 'object' && value !== null) return Object.values(value).flatMap(allTexts)
  const text = asText(value)
  return text === undefined ? [] : [text]
}
