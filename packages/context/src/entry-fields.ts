/** An entry of a database. Nothing is known of its types: the file is the user's. */
export type Fields = Readonly<Record<string, unknown>>

/** A map within an entry; an empty one if there is none. */
export function partOf(entry: Fields, name: string): Fields {
  const value = entry[name]
  return typeof value === 'object' && value !== null ? (value as Fields) : {}
}

/** A text that is not empty. */
export function textOf(entry: Fields, name: string): string | undefined {
  const value = entry[name]
  return typeof value === 'string' && value !== '' ? value : undefined
}

/** The object without what is not known; undefined if nothing is. */
export function known<T extends object>(object: T): T | undefined {
  const entries = Object.entries(object).filter(([, value]) => value !== undefined)
  return entries.length > 0 ? (Object.fromEntries(entries) as T) : undefined
}
