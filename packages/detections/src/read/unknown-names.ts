import { type AuditLogEvent, eventTypes } from '@asana-audit/schema'
import { eventPaths } from '@asana-audit/schema/mapping'
import { nearestName } from '@asana-audit/schema/options'
import { fieldTest } from '../match/field-test.ts'
import { isMap } from '../match/search.ts'
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
      .flatMap((map) => Object.entries(map))
      .flatMap(([key, value]) => (key.startsWith('|') ? [] : unknownInLine(key, [value].flat())))
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

function unknownInLine(key: string, values: readonly unknown[]): string[] {
  const [field = '', ...modifiers] = key.split('|')
  const others = modifiers.includes('fieldref') ? values.flatMap((value) => unknownField(String(value))) : []
  const types =
    field === 'event_type' && !modifiers.some((name) => withoutTypes.has(name))
      ? values.flatMap((value) => unknownType(modifiers, value))
      : []
  return [...unknownField(field), ...others, ...types]
}

/** Modifiers whose value is no event type and no part of one. */
const withoutTypes: ReadonlySet<string> = new Set(['exists', 'fieldref', 'cidr', 'lt', 'lte', 'gt', 'gte'])

function unknownType(modifiers: readonly string[], value: unknown): string[] {
  if (value === null) return []
  // Each value alone: with `all` no other value may make up for it.
  const key = ['event_type', ...modifiers.filter((name) => name !== 'all')].join('|')
  const matches = fieldTest(key, value)
  const names = [...eventTypes.keys()]
  if (names.some((event_type) => matches({ event_type } as AuditLogEvent))) return []
  const nearest = nearestName(String(value), names)
  return [
    `this version knows no event type for ${key}: ${value}.${nearest ? ` Did you mean ${nearest}?` : ''}`,
  ]
}

/** `details` is open: a field there that is like none we know is taken for one we do not know. */
function unknownField(name: string): string[] {
  if (eventPaths.has(name)) return []
  const nearest = nearestName(name, eventPaths)
  if (nearest === undefined && name.startsWith('details.')) return []
  const namesakes = [...eventPaths].filter((path) => path.endsWith(`.${name}`))
  const meant = nearest === undefined && namesakes.length <= 3 ? namesakes : [nearest ?? []].flat()
  const question = meant.length > 0 ? ` Did you mean ${meant.join(' or ')}?` : ''
  return [`this version knows no event with the field ${name}.${question}`]
}
