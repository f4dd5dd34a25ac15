import { contextAttributes } from '../../context/context-attributes.ts'
import type { ContextOf } from '../../context/event-context.ts'
import type { AuditLogEvent } from '../../event/event.ts'
import { instantAt } from '../../event/event-time.ts'
import { utcTime } from '../../event/utc-time.ts'
import { checkOptionNames, type OptionNames } from '../../known-options.ts'
import { eventAttributes } from '../../log-record/event-attributes.ts'
import { ipAddress } from '../../log-record/ip-address.ts'
import { sentence } from '../../log-record/sentence.ts'
import type { Relevance } from '../../mapping/families.ts'
import { type EventMapping, mappingOf } from '../../mapping/mapping-of.ts'
import { relevanceOf } from '../../mapping/relevance.ts'
import type { RelevancePolicy } from '../../mapping/relevance-policy.ts'
import { ATTR_ASANA_AUDIT_RELEVANCE } from '../../semconv.ts'
import { definedOf } from '../defined-of.ts'
import { type EventParts, eventParts, said } from '../event-parts.ts'
import { clientFields } from './asim-client.ts'
import type { AsimEvent } from './asim-event.ts'
import { objectFields } from './asim-object.ts'
import { actorFields, loginFields, subjectFields } from './asim-people.ts'
import { type AsimKind, asimKind, asimVersions } from './asim-schema.ts'

export interface AsimOptions {
  /** The gid of the workspace, for `DvcScopeId`. An event does not hold it. */
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

const optionNames: OptionNames<AsimOptions> = { workspace: true, relevance: true, context: true }

/** ASIM has no level above high; `EventOriginalSeverity` has our word. */
const severities: { readonly [Level in Relevance]: AsimEvent['EventSeverity'] } = {
  informational: 'Informational',
  low: 'Low',
  medium: 'Medium',
  high: 'High',
  critical: 'High',
}

const results: { readonly [Outcome in EventMapping['ecs']['outcome']]: AsimEvent['EventResult'] } = {
  success: 'Success',
  failure: 'Failure',
  unknown: 'NA',
}

/**
 * Converts an event that `parseAuditLogEvent` has accepted to a schema of Microsoft's ASIM: AuditEvent,
 * Authentication or UserManagement, by the event type. Never fails: for any event the result is valid and holds the
 * whole event. Apply a field policy first.
 */
export function toAsim(event: AuditLogEvent, options: AsimOptions = {}): AsimEvent {
  checkOptionNames('toAsim', optionNames, options)
  const parts = eventParts(event)
  const mapping = mappingOf(event.event_type, event.event_category)
  const relevance = relevanceOf(event, options.relevance)
  const kind = asimKind(mapping, parts)
  const at = utcTime(instantAt(event.created_at), 7)
  const context = options.context?.(event) ?? {}
  const fields = definedOf({
    ...commonFields(parts, kind),
    ...clientFields(context, kind),
    ...fieldsOf(kind, event, parts, mapping),
  })
  return {
    TimeGenerated: at,
    EventSchema: kind.schema,
    EventSchemaVersion: asimVersions[kind.schema],
    EventType: kind.type,
    EventResult: results[mapping.ecs.outcome],
    ...(mapping.ecs.outcome === 'failure' && { EventResultDetails: 'Other' }),
    EventSeverity: severities[relevance],
    EventOriginalSeverity: relevance,
    EventCount: 1,
    EventStartTime: at,
    EventEndTime: at,
    EventVendor: 'Asana',
    EventProduct: 'Asana',
    EventOriginalUid: event.gid.toWellFormed(),
    EventOriginalType: event.event_type.toWellFormed(),
    EventMessage: sentence(event),
    // For a cloud service there is no device: ASIM asks for the product.
    Dvc: 'Asana',
    ...(options.workspace !== undefined && { DvcScopeId: options.workspace }),
    ...fields,
    AdditionalFields: {
      ...eventAttributes(event),
      [ATTR_ASANA_AUDIT_RELEVANCE]: relevance,
      ...contextAttributes(context),
    },
  }
}

interface Fields {
  readonly [column: string]: unknown
}

function commonFields(parts: EventParts, kind: AsimKind): Fields {
  const { context } = parts
  const ip = ipAddress(context['client_ip_address'])
  const app = said(context['oauth_app_name'])
  const actor = actorFields(parts, kind)
  return {
    ...actor,
    User: kind.schema === 'Authentication' ? undefined : actor['ActorUsername'],
    ActingAppName: app,
    ActingAppType: app && 'Other',
    HttpUserAgent: said(context['user_agent']),
    SrcIpAddr: ip,
    Src: ip,
    IpAddr: ip,
  }
}

/** The application that was used is in all schemas but user management, where it is the device that reports. */
const application: Fields = {
  TargetAppName: 'Asana',
  TargetAppType: 'SaaS application',
  Application: 'Asana',
  Dst: 'Asana',
}

function fieldsOf(kind: AsimKind, event: AuditLogEvent, parts: EventParts, mapping: EventMapping): Fields {
  if (kind.schema === 'UserManagement') return subjectFields(parts, mapping.target === 'service account')
  if (kind.schema === 'AuditEvent') return { ...application, ...objectFields(event, parts, mapping) }
  const target = loginFields(parts)
  return {
    ...application,
    LogonTarget: 'Asana',
    LogonProtocol: logonProtocol(parts),
    ...target,
    User: target['TargetUsername'] ?? target['TargetUserId'],
  }
}

/** Asana names two methods, SAML and a one-time key; only the first is a protocol. */
function logonProtocol({ details: { method } }: EventParts): string | undefined {
  const methods: readonly unknown[] = Array.isArray(method) ? method : [method]
  return methods.includes('SAML') ? 'SAML' : undefined
}
