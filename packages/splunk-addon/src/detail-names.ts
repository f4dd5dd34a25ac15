import { eventTypes } from '@asana-audit/schema'
import type { DetailType } from '@asana-audit/schema/mapping'
import { text } from './eval-text.ts'

interface DetailName {
  /** In Asana's JSON, such as `details.group.name`. A list has no `{}` here. */
  readonly name: string
  readonly isList: boolean
}

function namesOf(prefix: string, type: DetailType): DetailName[] {
  if (typeof type !== 'object') return [{ name: prefix, isList: type === 'string[]' }]
  return Object.keys(type).map((member) => ({ name: `${prefix}.${member}`, isList: false }))
}

/** The known fields in `details` of the known event types. */
export const detailNames: readonly DetailName[] = [
  ...new Map(
    [...eventTypes.values()]
      .flatMap(({ details }) => Object.entries(details))
      .flatMap(([member, type]) => namesOf(`details.${member}`, type))
      .map((one) => [one.name, one]),
  ).values(),
].sort((a, b) => (a.name < b.name ? -1 : 1))

/**
 * An eval expression for a member of `details` in each of its forms: in Asana's JSON, as an attribute, or within the
 * JSON text of the attribute `asana.audit.details`. Splunk calls a list in JSON `method{}`; an attribute keeps its
 * name.
 */
export function detailExpression(name: string): string {
  const known = detailNames.find((one) => one.name === name)
  if (!known) throw new RangeError(`${name} is not in any known event type`)
  const path = text(`${name.slice('details.'.length)}${known.isList ? '{}' : ''}`)
  const list = known.isList ? `'${name}{}', ` : ''
  return `coalesce(${list}'${name}', 'asana.audit.${name}', spath('asana.audit.details', ${path}))`
}
