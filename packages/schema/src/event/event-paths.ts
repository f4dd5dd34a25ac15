import { sectionFields, topFields } from './event-fields.ts'
import { commonDetails, eventType, eventTypes } from './event-types.ts'

/** Dotted paths of all known fields of an event: the documented ones, and the details of each event type. */
export const eventPaths: ReadonlySet<string> = new Set([
  ...topFields.keys(),
  ...[...sectionFields].flatMap(([section, fields]) => [section, ...under(section, fields.keys())]),
  'details',
  ...pathsUnder('details', commonDetails),
  ...[...eventTypes.values()].flatMap(({ details }) => pathsUnder('details', details)),
])

/**
 * The fields of `details` that an event of this type may have. Undefined if we know none but those that every type may have: then it may
 * have others.
 */
export function detailFields(name: string): ReadonlySet<string> | undefined {
  const own = Object.keys(eventType(name)?.details ?? {})
  return own.length === 0 ? undefined : new Set([...own, ...Object.keys(commonDetails)])
}

function pathsUnder(section: string, fields: { readonly [name: string]: unknown }): string[] {
  return Object.entries(fields).flatMap(([name, type]) => {
    const path = `${section}.${name}`
    return typeof type === 'object' && type !== null ? [path, ...under(path, Object.keys(type))] : [path]
  })
}

function under(section: string, names: Iterable<string>): string[] {
  return [...names].map((name) => `${section}.${name}`)
}
