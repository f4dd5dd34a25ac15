import { parseInstant } from '@asana-audit/schema/lossless'

/** The filters of a request. All of them apply. */
export interface Filters {
  /** Milliseconds since 1970, inclusive. */
  startAt?: number
  /** Milliseconds since 1970, exclusive. */
  endAt?: number
  eventType?: string
  actorType?: string
  actorGid?: string
  resourceGid?: string
}

export interface Query {
  filters: Filters
  /** The filters as they were sent, in the documented order: the query string that an offset belongs to. */
  filterQuery: string
  /** Undefined: not sent. */
  limit: number | undefined
  offset: string | undefined
}

export interface LimitRule {
  maxLimit: number
  overLimit: 'reject' | 'clamp'
}

const actorTypes = ['user', 'asana', 'asana_support', 'anonymous', 'external_administrator']

const filterNames = ['start_at', 'end_at', 'event_type', 'actor_type', 'actor_gid', 'resource_gid'] as const

/**
 * Reads the parameters of https://developers.asana.com/reference/getauditlogevents. Returns one sentence per invalid
 * one. Undocumented parameters are ignored, as in other parts of Asana's API.
 */
export function readQuery(sent: URLSearchParams, rule: LimitRule): Query | { problems: string[] } {
  const problems: string[] = []

  function one(name: string): string | undefined {
    const values = sent.getAll(name)
    if (values.length > 1) problems.push(`${name}: Sent ${values.length} times; only one value is possible.`)
    else if (values[0] === '') problems.push(`${name}: Sent without a value.`)
    else return values[0]
    return undefined
  }

  function instant(name: string): number | undefined {
    const text = one(name)
    if (text === undefined) return undefined
    const parsed = parseInstant(text)
    if (parsed) return parsed[0] * 1000 + parsed[1] / 1e6
    problems.push(`${name}: Not an ISO 8601 date-time with a zone: ${text}`)
    return undefined
  }

  function limit(): number | undefined {
    const text = one('limit')
    if (text === undefined) return undefined
    const value = /^\d+$/.test(text) ? Number(text) : 0
    if (value > rule.maxLimit && rule.overLimit === 'clamp') return rule.maxLimit
    if (value >= 1 && value <= rule.maxLimit) return value
    problems.push(`limit: Must be a whole number from 1 to ${rule.maxLimit}: ${text}`)
    return undefined
  }

  const actorType = one('actor_type')
  if (actorType !== undefined && !actorTypes.includes(actorType))
    problems.push(`actor_type: Must be one of ${actorTypes.join(', ')}: ${actorType}`)

  const filters = definedOnly({
    startAt: instant('start_at'),
    endAt: instant('end_at'),
    eventType: one('event_type'),
    actorType,
    actorGid: one('actor_gid'),
    resourceGid: one('resource_gid'),
  })
  const query = { filters, filterQuery: filterQueryOf(sent), limit: limit(), offset: one('offset') }
  return problems.length > 0 ? { problems } : query
}

function filterQueryOf(sent: URLSearchParams): string {
  const kept = new URLSearchParams()
  for (const name of filterNames) {
    const value = sent.get(name)
    if (value !== null) kept.set(name, value)
  }
  return kept.toString()
}

function definedOnly(found: { [Name in keyof Filters]: Filters[Name] | undefined }): Filters {
  return Object.fromEntries(Object.entries(found).filter(([, value]) => value !== undefined))
}
