/**
 * One value for a family, or one for each ending of its event types' names (`{ _enabled: 8, _disabled: 9 }`). The
 * longest ending that fits counts; `''` fits every name.
 */
export type ByName<T extends string | number | readonly string[]> = T | { readonly [ending: string]: T }

/** The value for one event type. A name without a value is a mistake in the table, and loading it throws. */
export function forName<T extends string | number | readonly string[]>(value: ByName<T>, name: string): T {
  if (typeof value !== 'object' || isList(value)) return value as T
  const endings = Object.keys(value).filter((ending) => name.endsWith(ending))
  const longest = endings.sort((a, b) => b.length - a.length)[0]
  if (longest === undefined) throw new TypeError(`The table has no value for the event type ${name}.`)
  return (value as { readonly [ending: string]: T })[longest] as T
}

function isList(value: object): value is readonly string[] {
  return Array.isArray(value)
}
