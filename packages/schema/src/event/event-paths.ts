import { sectionFields, topFields } from './event-fields.ts'
import { commonDetails, eventTypes } from './event-types.ts'

/** Dotted paths of all known fields of an event: the documented ones, and the details of each event type. */
export const eventPaths: ReadonlySet<string> = new Set([
  ...topFields.keys(),
  ...[...sectionFields].flatMap(([section, fields]) => [section, ...under(section, fields.keys())]),
  'details',
  ...pathsUnder('details', commonDetails),
  ...[...eventTypes.values()].flatMap(({ details }) => pathsUnder('details', details)),
])

function pathsUnder(section: string, fields: { readonly [name: string]: unknown }): string[] {
  return Object.entries(fields).flatMap(([name, type]) => {
    const path = `${section}.${name}`
    return typeof type === 'object' && type !== null ? [path, ...under(path, Object.keys(type))] : [path]
  })
}

function under(section: string, names: Iterable<string>): string[] {
  return [...names].map((name) => `${section}.${name}`)
}
