/**
 * Nesting up to which `JSON.stringify` is safe, even if the caller has used much of the stack; it overflows at a few
 * thousand.
 */
const shallow = 200

/**
 * JSON text that `JSON.parse` reads back as an equal value, for every value `JSON.parse` can return. `JSON.stringify`
 * cannot do that: it overflows the stack on deep values, and turns -0 into 0 and a number past 1.8e308 into null.
 * Never throws: a bigint is written as a number, a circular reference as null, undefined as null.
 */
export function toJsonText(value: unknown): string {
  return isOrdinary(value, shallow) ? JSON.stringify(value) : writeEverything(value)
}

/**
 * Whether `JSON.stringify` is exact for this value, up to the given depth. Without closures and copies, because it
 * runs for every event.
 */
function isOrdinary(value: unknown, depth: number): boolean {
  if (typeof value === 'number') return Number.isFinite(value) && !Object.is(value, -0)
  if (typeof value === 'string' || typeof value === 'boolean' || value === null) return true
  if (typeof value !== 'object' || depth === 0) return false
  if (Array.isArray(value)) {
    for (const item of value) if (!isOrdinary(item, depth - 1)) return false
    return true
  }
  // `for in` makes no list of names; an inherited name does no harm here.
  for (const key in value) {
    const member: unknown = (value as Record<string, unknown>)[key]
    if (typeof member !== 'string' && !isOrdinary(member, depth - 1)) return false
  }
  return true
}

interface Open {
  readonly container: object
  /** Undefined for an array. */
  readonly keys: readonly string[] | undefined
  readonly values: readonly unknown[]
  next: number
}

/** The same text with a stack of our own, so that only memory bounds the depth. */
function writeEverything(root: unknown): string {
  const parts: string[] = []
  const open: Open[] = []
  const ancestors = new Set<object>()

  function write(value: unknown): void {
    if (typeof value !== 'object' || value === null || ancestors.has(value)) {
      parts.push(scalar(value))
      return
    }
    ancestors.add(value)
    if (Array.isArray(value)) {
      parts.push('[')
      open.push({ container: value, keys: undefined, values: value, next: 0 })
    } else {
      const entries = Object.entries(value).filter(([, member]) => member !== undefined)
      parts.push('{')
      open.push({
        container: value,
        keys: entries.map(([key]) => key),
        values: entries.map(([, member]) => member),
        next: 0,
      })
    }
  }

  write(root)
  for (let top = open.at(-1); top !== undefined; top = open.at(-1)) {
    if (top.next === top.values.length) {
      parts.push(top.keys ? '}' : ']')
      ancestors.delete(top.container)
      open.pop()
      continue
    }
    if (top.next > 0) parts.push(',')
    if (top.keys) parts.push(JSON.stringify(top.keys[top.next]), ':')
    const value = top.values[top.next]
    top.next += 1
    write(value)
  }
  return parts.join('')
}

function scalar(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value)
  if (typeof value === 'boolean' || typeof value === 'bigint') return String(value)
  if (typeof value !== 'number' || Number.isNaN(value)) return 'null'
  if (Object.is(value, -0)) return '-0'
  // JSON has no infinity, but it has numbers that every reader of doubles takes for one.
  if (!Number.isFinite(value)) return value > 0 ? '1e999' : '-1e999'
  return String(value)
}
