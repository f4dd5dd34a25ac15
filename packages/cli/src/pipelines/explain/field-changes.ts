import { toJsonText } from '@asana-audit/schema/lossless'

export interface FieldChange {
  /** Dotted, as in a field policy. */
  readonly path: string
  readonly change: 'dropped' | 'changed'
}

/** What differs in an event after a field policy, member by member. A list that differs is named as a whole. */
export function fieldChanges(before: unknown, after: unknown, path = ''): FieldChange[] {
  if (!isMap(before) || !isMap(after)) {
    return toJsonText(before) === toJsonText(after) ? [] : [{ path, change: 'changed' }]
  }
  return Object.entries(before).flatMap(([name, value]) => {
    const below = path === '' ? name : `${path}.${name}`
    if (!Object.hasOwn(after, name)) return [{ path: below, change: 'dropped' as const }]
    return fieldChanges(value, after[name], below)
  })
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
