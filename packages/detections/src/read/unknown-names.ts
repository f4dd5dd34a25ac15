import { eventTypes } from '@asana-audit/schema'
import { eventPaths } from '@asana-audit/schema/mapping'
import { nearestName } from '@asana-audit/schema/options'
import { isMap } from '../match/search.ts'
import { hasTypes, type NamedTypes, namedTypes, typesMatching, withoutAll } from './named-types.ts'
import type { CorrelationDocument, EventRuleDocument, FirstSeenDocument } from './rule-document.ts'

// A mistyped name is no error: Asana may add event types and fields, and a rule may be for the next of them. But a rule with one never
// matches, and nobody would notice. So there is a sentence for each.

/** Sentences about the fields and event types in a detection that the catalogue does not have. Only for a detection that could be parsed. */
export function unknownInDetection(detection: EventRuleDocument['detection']): string[] {
  const { condition: _, timeframe: __, ...searches } = detection
  const sentences = Object.entries(searches).flatMap(([identifier, search]) =>
    [search]
      .flat()
      .filter(isMap)
      .flatMap(unknownInMap)
      .map((sentence) => `detection.${identifier}: ${sentence}`),
  )
  return [...new Set(sentences)]
}

/** The same for the fields that a correlation counts and groups by. */
export function unknownInCorrelation(
  correlation: CorrelationDocument['correlation'] | FirstSeenDocument['correlation'],
): string[] {
  const aliases = 'aliases' in correlation ? correlation.aliases : {}
  const field = correlation.condition?.field
  const fields = [
    ...correlation['group-by']
      .filter((name) => !Object.hasOwn(aliases, name))
      .map((name) => ['group-by', name] as const),
    ...Object.entries(aliases).flatMap(([name, paths]) =>
      Object.values(paths).map((path) => [`aliases.${name}`, path] as const),
    ),
    ...(field === undefined ? [] : [['condition.field', field] as const]),
  ]
  const sentences = fields.flatMap(([where, name]) =>
    unknownField(name).map((sentence) => `correlation.${where}: ${sentence}`),
  )
  return [...new Set(sentences)]
}

function unknownInMap(map: Readonly<Record<string, unknown>>): string[] {
  const types = namedTypes(map)
  return Object.entries(map).flatMap(([key, value]) =>
    key.startsWith('|') ? [] : unknownInLine(key, [value].flat(), types),
  )
}

function unknownInLine(key: string, values: readonly unknown[], named: NamedTypes | undefined): string[] {
  const [field = '', ...modifiers] = key.split('|')
  const fields = [field, ...(modifiers.includes('fieldref') ? values.map(String) : [])]
  const types = hasTypes(field, modifiers) ? values.flatMap((value) => unknownType(modifiers, value)) : []
  return [...fields.flatMap((name) => unknownDetail(name, named) ?? unknownField(name)), ...types]
}

/** Undefined unless the map names event types whose details we know, and none of them has this one. */
function unknownDetail(name: string, types: NamedTypes | undefined): string[] | undefined {
  const detail = /^details\.([^.]+)/.exec(name)?.[1]
  if (detail === undefined || !types || types.details.has(detail)) return undefined
  const nearest = nearestName(detail, types.details)
  const question = nearest === undefined ? '' : ` Did you mean details.${nearest}?`
  return [
    `this version knows no event of the type ${types.names.join(' or ')} with the field ${name}.${question}`,
  ]
}

function unknownType(modifiers: readonly string[], value: unknown): string[] {
  if (value === null) return []
  const key = withoutAll('event_type', modifiers)
  if (typesMatching(key, value).length > 0) return []
  const nearest = nearestName(String(value), eventTypes.keys())
  return [
    `this version knows no event type for ${key}: ${value}.${nearest ? ` Did you mean ${nearest}?` : ''}`,
  ]
}

/** `details` is open: of most types we know no field of it, so one that is like none we know is taken for one we do not know. */
function unknownField(name: string): string[] {
  if (eventPaths.has(name)) return []
  const nearest = nearestName(name, eventPaths)
  if (nearest === undefined && name.startsWith('details.')) return []
  const namesakes = [...eventPaths].filter((path) => path.endsWith(`.${name}`))
  const meant = nearest === undefined && namesakes.length <= 3 ? namesakes : [nearest ?? []].flat()
  const question = meant.length > 0 ? ` Did you mean ${meant.join(' or ')}?` : ''
  return [`this version knows no event with the field ${name}.${question}`]
}
