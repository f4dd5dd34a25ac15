import { contextAttributes } from '../context/context-attributes.ts'
import type { ContextOf } from '../context/event-context.ts'
import type { AuditLogEvent } from '../event/event.ts'
import { instantAt } from '../event/event-time.ts'
import { eventType } from '../event/event-types.ts'
import { checkOptionNames, type OptionNames } from '../known-options.ts'
import { eventAttributes } from '../log-record/event-attributes.ts'
import { ipAddress } from '../log-record/ip-address.ts'
import { type CimMapping, type EventMapping, mappingOf } from '../mapping/mapping-of.ts'
import { relevanceOf } from '../mapping/relevance.ts'
import type { RelevancePolicy } from '../mapping/relevance-policy.ts'
import { ATTR_ASANA_AUDIT_RELEVANCE } from '../semconv.ts'
import { type EventParts, eventParts, loginUser, said, targetUser, targetWorkspace } from './event-parts.ts'

export interface CimOptions {
  /** The gid of the workspace, which an event does not hold. */
  workspace?: string | undefined
  /**
   * How much each kind of event matters, in your own judgement. Made by `relevancePolicy(…)`.
   * @default our table
   */
  relevance?: RelevancePolicy | undefined
  /**
   * Adds what is known about an event beside it, for example with `openContext` of `@asana-audit/context`.
   */
  context?: ContextOf | undefined
}

/** An event in the fields of Splunk's Common Information Model 6.2. A required field the event does not hold is `unknown`. */
export interface CimEvent {
  /** Seconds since 1970. */
  _time: number
  /** Splunk finds the data model by these; empty for an event that fits none. */
  tag: string[]
  [field: string]: string | number | string[]
}

const optionNames: OptionNames<CimOptions> = { workspace: true, relevance: true, context: true }

/**
 * Converts an event that `parseAuditLogEvent` has accepted to the fields of CIM, plus the whole event under the names
 * of its OTLP attributes. In account changes `user` is the account that changed and `src_user` who changed it;
 * elsewhere `user` is who acted. Apply a field policy first.
 */
export function toCim(event: AuditLogEvent, options: CimOptions = {}): CimEvent {
  checkOptionNames('toCim', optionNames, options)
  const parts = eventParts(event)
  const { cim, meaning, ecs } = mappingOf(event.event_type, event.event_category)
  const [seconds, nanos] = instantAt(event.created_at)
  const relevance = relevanceOf(event, options.relevance)
  const fields = {
    ...common(parts, options.workspace),
    id: event.gid,
    command: event.event_type,
    signature: eventType(event.event_type)?.description ?? meaning,
    signature_id: event.event_type,
    severity: relevance,
    ...(cim && { action: cim.action, ...fieldsOf(cim, event, parts, ecs.outcome) }),
  }
  return {
    _time: (seconds * 1000 + Math.floor(nanos / 1_000_000)) / 1000,
    tag: [...(cim?.tags ?? [])],
    ...wellFormed(fields),
    ...wellFormed(eventAttributes(event)),
    [ATTR_ASANA_AUDIT_RELEVANCE]: relevance,
    ...contextAttributes(options.context?.(event) ?? {}),
  }
}

type Fields = { [name: string]: unknown }

function common(parts: EventParts, workspace: string | undefined): Fields {
  const { actor, context } = parts
  return {
    app: 'asana',
    dest: 'asana',
    dvc: 'asana',
    vendor_product: 'Asana Audit Log',
    vendor_account: said(workspace, targetWorkspace(parts)?.['gid']) ?? 'unknown',
    src: said(context['client_ip_address']) ?? 'unknown',
    src_ip: ipAddress(context['client_ip_address']),
    user: who(parts) ?? 'unknown',
    user_id: said(actor['gid']),
    user_name: said(actor['name'], actor['email'], actor['actor_type']) ?? 'unknown',
    user_type: said(actor['actor_type']),
    user_agent: said(context['user_agent']),
  }
}

function who({ actor }: EventParts): string | undefined {
  return said(actor['email'], actor['name'], actor['actor_type'])
}

/** The fields a data model needs in addition. */
function fieldsOf(
  cim: CimMapping,
  event: AuditLogEvent,
  parts: EventParts,
  outcome: EventMapping['ecs']['outcome'],
): Fields {
  if (cim.dataset === 'Authentication') return authentication(parts)
  const object = {
    ...objectFields(event, parts),
    object_category: cim.objectCategory ?? 'unknown',
  }
  if (cim.dataset === 'Data_Access') return { ...object, object_size: 'unknown' }
  const failed = outcome === 'failure'
  const change = {
    ...object,
    change_type: cim.changeType ?? 'unknown',
    status: failed ? 'failure' : 'success',
    ...(failed && { result: event.event_type }),
  }
  return cim.dataset === 'Account_Management' ? { ...change, ...account(parts) } : change
}

/** If the actor has no name, the user is the account that was logged in to, with all its fields. */
function authentication(parts: EventParts): Fields {
  const user = loginUser(parts)
  const method = parts.details['method']
  return {
    ...(user !== parts.actor && {
      user: said(user['email'], user['name'], user['gid']) ?? who(parts) ?? 'unknown',
      user_id: said(user['gid']),
      user_name: said(user['name'], user['email']) ?? 'unknown',
      user_type: undefined,
    }),
    authentication_method: said(
      Array.isArray(method) ? method.filter((one) => said(one)).join(', ') : method,
    ),
  }
}

function account(parts: EventParts): Fields {
  const target = targetUser(parts)
  const name = said(target?.['name'], target?.['email'])
  return {
    src_user: who(parts) ?? 'unknown',
    src_user_id: said(parts.actor['gid']),
    src_user_name: said(parts.actor['name']),
    user: said(target?.['email'], target?.['name'], target?.['gid']) ?? 'unknown',
    user_id: said(target?.['gid']),
    user_name: name ?? 'unknown',
    user_type: undefined,
  }
}

function objectFields(event: AuditLogEvent, { resource, details }: EventParts): Fields {
  const after = said(details['new_value'])
  const before = said(details['old_value']) ?? 'unknown'
  return {
    object: said(resource['name'], resource['email'], resource['gid']) ?? 'unknown',
    object_id: said(resource['gid']) ?? 'unknown',
    object_attrs: after === undefined ? event.event_type : `${before} -> ${after}`,
  }
}

/** Without unknown values; text that is valid in UTF-8. */
function wellFormed(fields: Fields): { [name: string]: string | number } {
  const entries = Object.entries(fields).flatMap(([name, value]): [string, string | number][] => {
    if (typeof value === 'number') return [[name, value]]
    return typeof value === 'string' ? [[name, value.toWellFormed()]] : []
  })
  return Object.fromEntries(entries)
}
