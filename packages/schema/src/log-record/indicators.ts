import { isRecord } from '../event/is-record.ts'
import {
  ATTR_ASANA_AUDIT_INDICATORS_EMAIL,
  ATTR_ASANA_AUDIT_INDICATORS_IP,
  ATTR_ASANA_AUDIT_INDICATORS_USERNAME,
} from '../semconv.ts'
import { ipAddress } from './ip-address.ts'

export type IndicatorKind = 'email' | 'ip' | 'username'

/** The paths of the values that detections match on, with the tags of the `Asana.Audit` schema. */
export const indicatorPaths: { readonly [Kind in IndicatorKind]: readonly (readonly [string, string])[] } = {
  email: [
    ['actor', 'email'],
    ['resource', 'email'],
  ],
  ip: [['context', 'client_ip_address']],
  username: [['actor', 'name']],
}

/** Each list without repeats, in the order of `indicatorPaths`. */
export type Indicators = { [Kind in IndicatorKind]: string[] }

/** The indicators of an event. `ip` holds only valid addresses; a value that is not a string is left out. */
export function indicators(event: { readonly [field: string]: unknown }): Indicators {
  return indicatorsFrom(([section, field]) => {
    const part = event[section]
    return isRecord(part) ? part[field] : undefined
  })
}

/** The same for fields stored elsewhere: `valueAt` is called once for each path. */
export function indicatorsFrom(valueAt: (path: readonly [string, string]) => unknown): Indicators {
  const { email, ip, username } = indicatorPaths
  return {
    email: collected(email, valueAt, word),
    ip: collected(ip, valueAt, ipAddress),
    username: collected(username, valueAt, word),
  }
}

function collected(
  paths: readonly (readonly [string, string])[],
  valueAt: (path: readonly [string, string]) => unknown,
  clean: (value: unknown) => string | undefined,
): string[] {
  const values: string[] = []
  for (const path of paths) {
    const value = clean(valueAt(path))
    if (value !== undefined && !values.includes(value)) values.push(value)
  }
  return values
}

function word(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined
  // Text that is not well-formed UTF-16 would change on its way through protobuf, and then match nothing.
  return value.trim().toWellFormed() || undefined
}

/** The lists as attributes; an empty list is left out. */
export function indicatorAttributes({ email, ip, username }: Indicators): { [name: string]: string[] } {
  const attributes: { [name: string]: string[] } = {}
  if (email.length > 0) attributes[ATTR_ASANA_AUDIT_INDICATORS_EMAIL] = email
  if (ip.length > 0) attributes[ATTR_ASANA_AUDIT_INDICATORS_IP] = ip
  if (username.length > 0) attributes[ATTR_ASANA_AUDIT_INDICATORS_USERNAME] = username
  return attributes
}
