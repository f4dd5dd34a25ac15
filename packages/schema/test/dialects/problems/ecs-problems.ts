import { isIP } from 'node:net'
import ecs from '../../data/ecs-9.4.0.json' with { type: 'json' }

interface Field {
  type: string
  array?: boolean
  allowed?: string[]
  expected_event_types?: { [category: string]: string[] }
}

const fields = new Map<string, Field>(Object.entries(ecs.fields))
const roots = new Set(ecs.roots)

/** ECS requires the first two; without the others a detection does not know what the event is. */
const required = [
  ...['@timestamp', 'ecs.version', 'event.kind', 'event.category', 'event.type', 'event.outcome'],
  ...['event.id', 'event.action', 'event.provider', 'event.dataset'],
]

/** An empty list means that none fits, https://www.elastic.co/docs/reference/ecs/ecs-using-categorization-fields. */
const mayBeEmpty = new Set(['event.category', 'event.type'])

/**
 * The problems of a document by the Elastic Common Schema 9.4.0; a good document has none. Fields outside of the schema are allowed only
 * under `custom`, with one plain value each, so that no two documents disagree about the type of a field.
 */
export function ecsProblems(document: unknown, custom = 'asana'): string[] {
  if (!isObject(document)) return ['the document is no object']
  const leaves = new Map(leavesOf(document, ''))
  const problems = required.filter((path) => !leaves.has(path)).map((path) => `${path} is missing`)
  for (const [path, value] of leaves) {
    const root = path.split('.')[0] ?? ''
    const field = fields.get(path)
    if (root === custom) problems.push(...customProblems(path, value))
    else if (field) problems.push(...valueProblems(path, value, field))
    else problems.push(`${path} is no field of ECS${roots.has(root) ? '' : ', nor of ours'}`)
  }
  const version = leaves.get('ecs.version')
  if (version !== undefined && version !== ecs.version) problems.push(`ecs.version is not ${ecs.version}`)
  return [...problems, ...typeProblems(leaves.get('event.category'), leaves.get('event.type'))]
}

/** Fields of type object may have any content; everything else is checked. */
function* leavesOf(object: object, prefix: string): Generator<[string, unknown]> {
  for (const [key, value] of Object.entries(object)) {
    const path = prefix + key
    const looksInto = isObject(value) && !fields.has(path) && Object.keys(value).length > 0
    if (looksInto) yield* leavesOf(value, `${path}.`)
    else yield [path, value]
  }
}

function valueProblems(path: string, value: unknown, field: Field): string[] {
  if (Array.isArray(value) !== (field.array === true)) {
    return [`${path} is ${field.array ? 'not a list' : 'a list'}`]
  }
  const values: unknown[] = Array.isArray(value) ? value : [value]
  if (values.length === 0 && !mayBeEmpty.has(path)) return [`${path} is empty`]
  if (new Set(values).size < values.length) return [`${path} says the same twice`]
  return values.flatMap((one) => {
    if (!isOfType(one, field.type)) return [`${path} holds no ${field.type}`]
    if (field.allowed && !field.allowed.includes(String(one))) {
      return [`${path} may not be ${JSON.stringify(one)}`]
    }
    return []
  })
}

function isOfType(value: unknown, type: string): boolean {
  switch (type) {
    case 'ip':
      return typeof value === 'string' && isIP(value) !== 0
    case 'date':
      return typeof value === 'string' && isTime(value)
    case 'long':
    case 'integer':
      return Number.isSafeInteger(value)
    case 'float':
    case 'scaled_float':
    case 'double':
      return Number.isFinite(value)
    case 'boolean':
      return typeof value === 'boolean'
    case 'geo_point':
      return isPoint(value)
    case 'object':
    case 'flattened':
      return isObject(value)
    default:
      return typeof value === 'string' && value !== '' && value.isWellFormed()
  }
}

function isPoint(value: unknown): boolean {
  if (!isObject(value) || Object.keys(value).length !== 2) return false
  const { lat, lon } = value
  return Number.isFinite(lat) && Math.abs(lat as number) <= 90 && Math.abs(lon as number) <= 180
}

/** A time as `strict_date_optional_time` reads it: a year of four digits, at most nine decimals, and a day that exists. */
function isTime(text: string): boolean {
  const [, day, rest = ''] = /^(\d{4}-\d\d-\d\d)(T\d\d:\d\d:\d\d(?:\.\d{1,9})?Z)$/.exec(text) ?? []
  const date = new Date(`${day}${rest.replace(/\.\d+/, '')}`)
  return day !== undefined && !Number.isNaN(date.getTime()) && date.toISOString().startsWith(day)
}

/** Each category lists its event types; with several categories, one of them is enough. */
function typeProblems(categories: unknown, types: unknown): string[] {
  if (!Array.isArray(categories) || !Array.isArray(types) || categories.length === 0) return []
  const expected = fields.get('event.category')?.expected_event_types ?? {}
  const known = new Set(categories.flatMap((category) => expected[String(category)] ?? []))
  return types
    .filter((type) => !known.has(String(type)))
    .map((type) => `event.type ${String(type)} does not go with ${categories.join(', ')}`)
}

function customProblems(path: string, value: unknown): string[] {
  const isPlain = (one: unknown): boolean =>
    (typeof one === 'string' && one.isWellFormed()) || typeof one === 'boolean' || Number.isFinite(one)
  const holds = Array.isArray(value)
    ? value.every((one) => typeof one === 'string' && isPlain(one))
    : isPlain(value)
  const problems = holds ? [] : [`${path} holds no plain value`]
  return /^[a-z0-9_]+(\.[a-z0-9_]+)+$/.test(path) ? problems : [...problems, `${path} is no good name`]
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
