import { isIP } from 'node:net'
import udm from '../../data/udm.json' with { type: 'json' }
import { isObject, isPlain, isTime } from '../../support/json-values.ts'

interface Field {
  /** The name of a message or of an enumeration, or a type of protobuf. */
  type: string
  repeated?: boolean
}

type Json = Record<string, unknown>

const messages = new Map<string, { [field: string]: Field }>(Object.entries(udm.messages))
const enums = new Map<string, string[]>(Object.entries(udm.enums))

/** The longest texts, in bytes, by the usage guide. */
const limits: { readonly [path: string]: number } = {
  'metadata.description': 1024,
  'metadata.product_event_type': 64,
  'metadata.product_log_id': 256,
  'metadata.product_name': 256,
  'metadata.vendor_name': 256,
}

/**
 * The problems of an event by Google's Unified Data Model; a good event has none. Names, types and enumerations are
 * those of the protobuf, what an event type requires is in the usage guide.
 */
export function udmProblems(event: unknown): string[] {
  if (!isObject(event)) return ['the event is no object']
  const problems = messageProblems('UDM', event, '')
  return problems.length > 0 ? problems : requiredProblems(event)
}

function messageProblems(name: string, message: Json, prefix: string): string[] {
  const fields = messages.get(name)
  if (!fields) return [`${prefix}: ${name} is not in our copy of the model`]
  const entries = Object.entries(message)
  if (entries.length === 0) return [`${prefix} is empty`]
  return entries.flatMap(([key, value]) => {
    const path = prefix === '' ? key : `${prefix}.${key}`
    const field = Object.hasOwn(fields, key) ? fields[key] : undefined
    if (!field) return [`${path} is no field of ${name}`]
    if (Array.isArray(value) !== (field.repeated === true)) {
      return [`${path} is ${field.repeated ? 'not a list' : 'a list'}`]
    }
    const values: unknown[] = Array.isArray(value) ? value : [value]
    if (values.length === 0) return [`${path} is empty`]
    return values.flatMap((one) => valueProblems(field.type, one, path))
  })
}

function valueProblems(type: string, value: unknown, path: string): string[] {
  const allowed = enums.get(type)
  if (allowed) return allowed.includes(String(value)) ? [] : [`${path} may not be ${JSON.stringify(value)}`]
  switch (type) {
    case 'string':
      return isText(value) && Buffer.byteLength(value) <= (limits[path] ?? 2 ** 20)
        ? []
        : [`${path} holds no text, or too long a one`]
    case 'google.protobuf.Timestamp':
      return typeof value === 'string' && isTime(value, 9) ? [] : [`${path} holds no time`]
    case 'double':
      return Number.isFinite(value) ? [] : [`${path} holds no number`]
    case 'google.protobuf.Struct':
      return isObject(value) && Object.entries(value).every((entry) => entry.every(isPlain))
        ? []
        : [`${path} holds no plain values`]
    default:
      return isObject(value) ? messageProblems(type, value, path) : [`${path} is no ${type}`]
  }
}

/** What the event type requires: a machine (an address here), somebody who acted, somebody or something it was done to. */
function requiredProblems(event: Json): string[] {
  const part = (path: string): unknown =>
    path.split('.').reduce<unknown>((at, key) => (isObject(at) ? at[key] : undefined), event)
  const problems: string[] = []
  const need = (path: string, when = true) => {
    if (when && part(path) === undefined) problems.push(`${path} is missing`)
  }
  for (const name of ['event_timestamp', 'event_type', 'vendor_name', 'product_name'])
    need(`metadata.${name}`)
  if (part('principal') === undefined && part('target') === undefined) problems.push('there is no noun')
  const addresses = part('principal.ip')
  if (Array.isArray(addresses) && !addresses.every((one) => isIP(String(one)) !== 0))
    problems.push('principal.ip holds no address')
  for (const noun of ['principal', 'target']) {
    const emails = part(`${noun}.user.email_addresses`)
    if (Array.isArray(emails) && !emails.every((one) => /^[^@\s]+@[^@\s]+\.[^@\s]+$/.test(String(one))))
      problems.push(`${noun} has no e-mail address`)
  }
  const type = String(part('metadata.event_type'))
  const is = (...names: string[]): boolean => names.includes(type)
  const isLogin = is('USER_LOGIN', 'USER_LOGOUT')
  const isAccount = is('USER_CREATION', 'USER_DELETION', 'USER_UNCATEGORIZED')
  const isSetting = type.startsWith('SETTING_')
  const isCloudResource = type.startsWith('USER_RESOURCE_')
  need('principal', !is('GENERIC_EVENT'))
  need('principal.ip', isAccount || isSetting)
  need('principal.user', isCloudResource)
  need('target.user', isLogin || isAccount || is('USER_CHANGE_PASSWORD', 'USER_CHANGE_PERMISSIONS'))
  need('target.resource', isSetting || isCloudResource || type.startsWith('RESOURCE_'))
  need('target.group', type.startsWith('GROUP_'))
  need('extensions.auth.type', isLogin)
  need('extensions.auth.mechanism', isLogin)
  if (isSetting && part('target.resource.resource_type') !== 'SETTING')
    problems.push('the resource is no SETTING')
  const [result] = (part('security_result') ?? []) as Json[]
  const isBlocked = (result?.['action'] as string[] | undefined)?.includes('BLOCK')
  const isViolation = (result?.['category'] as string[] | undefined)?.includes('AUTH_VIOLATION')
  if (isLogin && isBlocked && !isViolation) problems.push('a failed login is an AUTH_VIOLATION')
  return problems
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && value.isWellFormed()
}
