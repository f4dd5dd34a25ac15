import type { AuditLogEvent } from '../event/event.ts'
import { isRecord } from '../event/is-record.ts'
import type { Weaker } from './families.ts'
import { mappingOf } from './mapping-of.ts'

export type Direction = 'weaker' | 'stronger'

/**
 * Whether the event makes the workspace less safe or safer. Its type says so, or `details.old_value` and `details.new_value`.
 * Undefined if the type has no direction, or if we do not know the values.
 */
export function direction(event: AuditLogEvent): Direction | undefined {
  const { weaker } = mappingOf(event.event_type, event.event_category)
  if (weaker === 'always') return 'weaker'
  return weaker === 'never' ? 'stronger' : weaker && changeDirection(weaker, event.details)
}

/** The same by the values alone. */
export function changeDirection(weaker: Weaker, details: unknown): Direction | undefined {
  if (!isRecord(details)) return undefined
  const { old_value: before, new_value: after } = details
  if (weaker === 'admin') return byRank(namesAdmin(before), namesAdmin(after))
  if (weaker === 'longer') return byRank(seconds(before), seconds(after))
  if (!weaker.startsWith('to ')) return undefined
  const weak = weaker.slice(3)
  if (after === weak) return 'weaker'
  return before === weak && typeof after === 'string' ? 'stronger' : undefined
}

/** What became of an admin role. */
export function adminRoleChange(details: unknown): 'gained' | 'lost' | undefined {
  const change = changeDirection('admin', details)
  return change && (change === 'weaker' ? 'gained' : 'lost')
}

function byRank(before: number | undefined, after: number | undefined): Direction | undefined {
  if (after === Number.POSITIVE_INFINITY) return 'weaker'
  if (before === undefined || after === undefined || before === after) return undefined
  return after > before ? 'weaker' : 'stronger'
}

function namesAdmin(role: unknown): number {
  return typeof role === 'string' && role.includes('admin') ? 1 : 0
}

const unitSeconds: ReadonlyMap<string, number> = new Map([
  ['second', 1],
  ['minute', 60],
  ['hour', 3600],
  ['day', 86_400],
  ['week', 7 * 86_400],
  ['month', 30 * 86_400],
  ['year', 365 * 86_400],
])

/** Reads durations as Asana writes them: `14 days`, `1 hour`, `never`. */
function seconds(duration: unknown): number | undefined {
  if (typeof duration !== 'string') return undefined
  if (duration === 'never') return Number.POSITIVE_INFINITY
  const [, count, unit] = /^(\d{1,9}) ?([a-z]+?)s?$/i.exec(duration.trim()) ?? []
  const length = unitSeconds.get(unit?.toLowerCase() ?? '')
  return length && Number(count) * length
}
