import { isIP } from 'node:net'
import asim from '../../data/asim.json' with { type: 'json' }
import { isObject, isPlain, isTime } from '../../support/json-values.ts'

type Schema = keyof typeof asim.values.EventSchema

interface Field {
  type: string
  class: { [schema: string]: string }
  /** The name of a list of allowed values, which may differ by schema. */
  values?: string
  /** The field that this one is about, or is another name of. */
  of?: string
}

const fields = new Map<string, Field>(Object.entries(asim.fields))
const lists: { [list: string]: { [schema: string]: string[] } } = asim.values

/** An alias that may be one of several fields. */
const aliases: { readonly [name: string]: readonly string[] } = {
  Src: ['SrcDvcId', 'SrcHostname', 'SrcIpAddr'],
  Dst: ['TargetDvcId', 'TargetHostname', 'TargetIpAddr', 'TargetAppId', 'TargetAppName'],
  Dvc: ['DvcFQDN', 'DvcId', 'DvcHostname', 'DvcIpAddr', 'EventProduct'],
}

/** What `User` is another name of. */
const userOf: { readonly [S in Schema]: readonly string[] } = {
  AuditEvent: ['ActorUsername'],
  Authentication: ['TargetUsername', 'TargetUserId'],
  UserManagement: ['ActorUsername'],
}

/** The problems of an event by the schema of ASIM that it names; a good event has none. */
export function asimProblems(event: unknown): string[] {
  if (!isObject(event)) return ['the event is no object']
  const schema = event['EventSchema']
  if (typeof schema !== 'string' || !Object.hasOwn(asim.values.EventSchema, schema)) {
    return [`EventSchema is ${JSON.stringify(schema)}`]
  }
  const missing = [...fields]
    .filter(([name, field]) => field.class[schema] === 'Mandatory' && event[name] === undefined)
    .map(([name]) => `${name} is missing`)
  return [
    ...missing,
    ...Object.entries(event).flatMap(([name, value]) => columnProblems(name, value, schema)),
    ...Object.keys(event).flatMap((name) => relationProblems(name, event, schema as Schema)),
  ]
}

function columnProblems(name: string, value: unknown, schema: string): string[] {
  const field = fields.get(name)
  if (field?.class[schema] === undefined) return [`${name} is no field of ${schema}`]
  if (!isOfType(value, field.type)) return [`${name} holds no ${field.type}`]
  const allowed = field.values === undefined ? undefined : lists[field.values]?.[schema]
  if (allowed && !allowed.includes(String(value))) return [`${name} may not be ${String(value)}`]
  return []
}

/** A type needs the value it is the type of, and the reverse; an alias has the value of its field. */
function relationProblems(name: string, event: Record<string, unknown>, schema: Schema): string[] {
  const { class: classes = {}, of } = fields.get(name) ?? {}
  if (classes[schema] === 'Conditional') {
    return of !== undefined && event[of] === undefined && event[oldOf(of)] === undefined
      ? [`${name} is the type of ${of}, which is missing`]
      : []
  }
  const typed = [...fields].filter(([, one]) => one.of === name && one.class[schema] === 'Conditional')
  const untyped = typed.filter(([type]) => event[type] === undefined).map(([type]) => `${type} is missing`)
  const sources =
    name === 'User' ? userOf[schema] : (aliases[name] ?? (classes[schema] === 'Alias' && of ? [of] : []))
  const isAlias = sources.length > 0
  return isAlias && !sources.some((source) => event[source] === event[name])
    ? [...untyped, `${name} is not ${sources.join(' or ')}`]
    : untyped
}

/** `ValueType` is the type of both values. */
function oldOf(name: string): string {
  return name === 'NewValue' ? 'OldValue' : name
}

function isOfType(value: unknown, type: string): boolean {
  switch (type) {
    case 'ip':
      return typeof value === 'string' && isIP(value) !== 0
    case 'datetime':
      return typeof value === 'string' && isTime(value, 7)
    case 'int':
      return Number.isInteger(value) && Math.abs(Number(value)) < 2 ** 31
    case 'real':
      return Number.isFinite(value)
    case 'boolean':
      return typeof value === 'boolean'
    case 'dynamic':
      return isObject(value) && Object.values(value).every(isPlain)
    default:
      return typeof value === 'string' && value !== '' && value.isWellFormed()
  }
}
