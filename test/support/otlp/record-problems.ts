import { isIP } from 'node:net'
import { fromLogRecord } from '../../../packages/schema/src/index.ts'
import { fromJsonText } from '../../../packages/schema/src/lossless.ts'
import { sameJson } from '../../../packages/schema/test/support/same-json.ts'
import type { HostileEvent } from '../data/hostile-events.ts'
import type { ReceivedLog } from './otlp-reader.ts'

type Json = Readonly<Record<string, unknown>>

/** The fields of the `Asana.Audit` schema that hold one value. */
const sections = {
  actor: ['actor_type', 'gid', 'name', 'email'],
  resource: ['resource_type', 'resource_subtype', 'gid', 'name', 'email'],
  context: [
    'context_type',
    'api_authentication_method',
    'client_ip_address',
    'user_agent',
    'oauth_app_name',
    'rule_name',
    'on_behalf_of_user_id',
  ],
} as const
const topFields = ['gid', 'created_at', 'event_type', 'event_category']

/**
 * What a record that arrived lacks of the event it stands for, or has too much: compared with the event by our own reading of
 * the design, field by field, and as a whole through `fromLogRecord`.
 */
export function recordProblems(log: ReceivedLog, event: HostileEvent, workspace: string): string[] {
  const problems: string[] = []
  const expected = withoutSamlResponse(event.value)
  const { attributes } = log
  const holds = (what: string, condition: boolean): void => {
    if (!condition) problems.push(`${event.gid.slice(0, 40)}: ${what}`)
  }
  const has = (name: string, value: unknown): void => {
    const found = attributes.get(name)
    holds(`${name} is ${show(found)}, not ${show(value)}`, sameJson(found, value))
  }

  holds(
    'the event cannot be rebuilt',
    sameJson(fromLogRecord({ attributes: Object.fromEntries(attributes) }), expected),
  )

  const residual = attributes.get('asana.audit.unmapped')
  const unmapped = typeof residual === 'string' ? fromJsonText(residual) : {}
  const found = (path: readonly string[], value: unknown): void => {
    const there = path.reduce<unknown>(
      (inner, key) => (isObject(inner) ? own(inner, key) : undefined),
      unmapped,
    )
    holds(`unmapped has ${show(there)} at ${path.join('.')}, not ${show(value)}`, sameJson(there, value))
  }
  /** An attribute of its own where the value is of the documented type, in `unmapped` otherwise. */
  const field = (path: readonly string[], value: unknown): void => {
    const name = `asana.audit.${path.join('.')}`
    const isText = typeof value === 'string' && value.isWellFormed()
    const isId = path.at(-1) === 'on_behalf_of_user_id' && Number.isSafeInteger(value)
    if (path.at(-1) === 'on_behalf_of_user_id' ? isId : isText) has(name, value)
    else found(path, value)
  }

  for (const [key, value] of Object.entries(expected)) {
    const known = Object.hasOwn(sections, key) ? sections[key as keyof typeof sections] : undefined
    if (topFields.includes(key)) field([key], value)
    else if (key === 'details' && isObject(value)) has('asana.audit.details', textOf(value))
    else if (!known || !isObject(value)) found([key], value)
    else {
      for (const [name, member] of Object.entries(value)) {
        if ((known as readonly string[]).includes(name)) field([key, name], member)
        else found([key, name], member)
      }
    }
  }
  const attributeOf = new Set([
    ...topFields.map((name) => `asana.audit.${name}`),
    ...Object.entries(sections).flatMap(([key, names]) => names.map((name) => `asana.audit.${key}.${name}`)),
  ])
  for (const name of attributeOf) {
    const path = name.slice('asana.audit.'.length).split('.')
    const value = path.reduce<unknown>(
      (inner, key) => (isObject(inner) ? own(inner, key) : undefined),
      expected,
    )
    if (value === undefined) holds(`${name} is there, and the event has none`, !attributes.has(name))
  }

  const { actor, resource, context } = expected
  const text = (section: unknown, key: string): string | undefined => {
    const value = isObject(section) ? own(section, key) : undefined
    return typeof value === 'string' ? value.toWellFormed() : undefined
  }
  const address = text(context, 'client_ip_address')?.trim()
  const validAddress = address !== undefined && isIP(address) !== 0 ? address : undefined
  has('log.record.uid', event.gid.isWellFormed() ? event.gid : undefined)
  has('user.id', text(actor, 'gid'))
  has('user.email', text(actor, 'email'))
  has('user.full_name', text(actor, 'name'))
  has('client.address', validAddress)
  has('user_agent.original', text(context, 'user_agent'))
  has('asana.audit.indicators.email', list([text(actor, 'email'), text(resource, 'email')]))
  has('asana.audit.indicators.username', list([text(actor, 'name')]))
  has('asana.audit.indicators.ip', list([validAddress]))

  const type = String(expected['event_type'])
  const name = /^[a-z_]{1,100}$/.test(type) ? `asana.audit.${type}` : undefined
  holds(
    `its name is ${log.eventName}`,
    name ? log.eventName === name : log.eventName.startsWith('asana.audit.'),
  )
  holds(`its time is ${log.timeUnixNano}, not ${event.unixNano}`, log.timeUnixNano === event.unixNano)
  holds('it was observed before this test', log.observedTimeUnixNano > 1_700_000_000_000_000_000n)
  holds(`its severity is ${log.severityNumber}`, [9, 10, 13, 14, 16].includes(log.severityNumber))
  const words: Record<number, string> = {
    9: 'informational',
    10: 'low',
    13: 'medium',
    14: 'high',
    16: 'critical',
  }
  has('asana.audit.relevance', words[log.severityNumber])
  holds(
    `its sentence is ${show(log.body)}`,
    typeof log.body === 'string' && log.body.length > 1 && !/[\n\r\u202e]/.test(log.body),
  )
  holds('it has over 100 attributes', attributes.size <= 100)
  holds('its resource is another', log.resource.get('service.name') === 'asana')
  holds('its workspace is another', log.resource.get('asana.workspace.gid') === workspace)
  return problems
}

/** The one field the policy drops by default. */
function withoutSamlResponse(event: Json): Json {
  const { details } = event
  if (!isObject(details) || !Object.hasOwn(details, 'saml_response')) return event
  const { saml_response: _, ...kept } = details
  return Object.fromEntries(
    Object.entries(event).map(([key, value]) => [key, key === 'details' ? kept : value]),
  )
}

/** `JSON.stringify`, but for the numbers it changes. */
function textOf(value: unknown): string {
  const marked = JSON.stringify(value, (_, member: unknown) =>
    Object.is(member, -0) ? '<-0>' : member === Number.POSITIVE_INFINITY ? '<1e999>' : member,
  )
  return marked.replaceAll(/"<(-0|1e999)>"/g, '$1')
}

function list(values: readonly (string | undefined)[]): string[] | undefined {
  const kept = [...new Set(values.map((value) => value?.trim()).filter((value) => value))]
  return kept.length > 0 ? (kept as string[]) : undefined
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function own(object: Json, key: string): unknown {
  return Object.hasOwn(object, key) ? object[key] : undefined
}

function show(value: unknown): string {
  if (typeof value === 'object' && value !== null) return 'an object'
  return (JSON.stringify(value) ?? 'absent').slice(0, 80)
}
