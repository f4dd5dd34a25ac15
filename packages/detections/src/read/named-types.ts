import { type AuditLogEvent, eventTypes } from '@asana-audit/schema'
import { detailFields } from '@asana-audit/schema/mapping'
import { fieldTest } from '../match/field-test.ts'

/** Event types whose details we know. */
export interface NamedTypes {
  readonly names: readonly string[]
  /** The fields of `details` that at least one of them has. */
  readonly details: ReadonlySet<string>
}

/** Modifiers whose value is no event type and no part of one. */
const withoutTypes: ReadonlySet<string> = new Set(['exists', 'fieldref', 'cidr', 'lt', 'lte', 'gt', 'gte'])

/** Whether the value of a line is an event type, or a part of one. */
export function hasTypes(field: string, modifiers: readonly string[]): boolean {
  return field === 'event_type' && !modifiers.some((name) => withoutTypes.has(name))
}

/** A line alone for each of its values: with `all` no other value may make up for it. */
export function withoutAll(field: string, modifiers: readonly string[]): string {
  return [field, ...modifiers.filter((name) => name !== 'all')].join('|')
}

/** The known event types that a line matches. */
export function typesMatching(key: string, value: unknown): string[] {
  const matches = fieldTest(key, value)
  return [...eventTypes.keys()].filter((event_type) => matches({ event_type } as AuditLogEvent))
}

/**
 * The event types that all lines of a map allow. Undefined unless the map names its types and we know details of each: of most types we
 * know none, and then any field may be one of theirs.
 */
export function namedTypes(map: Readonly<Record<string, unknown>>): NamedTypes | undefined {
  const lines = Object.entries(map).filter(([key]) => {
    const [field = '', ...modifiers] = key.split('|')
    return hasTypes(field, modifiers)
  })
  // A value that matches no known type may be a new one, with details that we do not know.
  const isKnown = lines.every(([key, value]) => {
    const [field = '', ...modifiers] = key.split('|')
    return [value].flat().every((one) => typesMatching(withoutAll(field, modifiers), one).length > 0)
  })
  if (lines.length === 0 || !isKnown) return undefined
  const [first = [], ...others] = lines.map(([key, value]) => typesMatching(key, value))
  const names = first.filter((name) => others.every((more) => more.includes(name)))
  const known = names.map(detailFields)
  if (names.length === 0 || known.some((fields) => fields === undefined)) return undefined
  return { names, details: new Set(known.flatMap((fields) => [...(fields ?? [])])) }
}
