import type { AuditLogEvent } from '../../event/event.ts'
import { ipAddress } from '../../log-record/ip-address.ts'
import { type Remainder, textOf } from './remainder.ts'

/** Where the action came from; undefined without an address that OCSF accepts, which has at most 40 characters. */
export function sourceEndpoint({ context }: AuditLogEvent, fields: Remainder): { ip: string } | undefined {
  const told = textOf(context, 'client_ip_address')
  const ip = ipAddress(told)
  if (ip === undefined || ip.length > 40) return undefined
  if (ip === told) fields.take('context', 'client_ip_address')
  return { ip }
}
