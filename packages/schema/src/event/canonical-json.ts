interface Open {
  readonly entries: readonly (readonly [key: string | undefined, value: unknown])[]
  readonly closing: string
  next: number
}

/**
 * The canonical form of a JSON value (RFC 8785): no blanks, members sorted by their names as UTF-16. Two texts of the same
 * value have the same form. With a stack of its own: the nesting of an event has no limit.
 *
 * A number that JSON cannot hold is written as the text that our reader of JSON makes of it.
 */
export function canonicalJson(root: unknown): string {
  const parts: string[] = []
  const open: Open[] = []

  function write(value: unknown): void {
    if (typeof value !== 'object' || value === null) {
      parts.push(scalar(value))
      return
    }
    const isList = Array.isArray(value)
    parts.push(isList ? '[' : '{')
    const entries = isList
      ? value.map((item: unknown) => [undefined, item] as const)
      : Object.entries(value)
          .filter(([, member]) => member !== undefined)
          .sort(([one], [other]) => (one < other ? -1 : 1))
    open.push({ entries, closing: isList ? ']' : '}', next: 0 })
  }

  write(root)
  for (let top = open.at(-1); top !== undefined; top = open.at(-1)) {
    const entry = top.entries[top.next]
    if (entry === undefined) {
      parts.push(top.closing)
      open.pop()
      continue
    }
    if (top.next > 0) parts.push(',')
    top.next += 1
    const [key, value] = entry
    if (key !== undefined) parts.push(JSON.stringify(key), ':')
    write(value)
  }
  return parts.join('')
}

function scalar(value: unknown): string {
  if (value === Number.POSITIVE_INFINITY) return '"1e999"'
  if (value === Number.NEGATIVE_INFINITY) return '"-1e999"'
  if (typeof value === 'bigint') return JSON.stringify(String(value))
  return JSON.stringify(value) ?? 'null'
}
