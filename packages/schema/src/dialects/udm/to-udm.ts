import { contextAttributes } from '../../context/context-attributes.ts'
import type { ContextOf } from '../../context/event-context.ts'
import type { AuditLogEvent } from '../../event/event.ts'
import { instantAt } from '../../event/event-time.ts'
import { eventType } from '../../event/event-types.ts'
import type { Instant } from '../../event/instant.ts'
import { utcTime } from '../../event/utc-time.ts'
import { checkOptionNames, type OptionNames } from '../../known-options.ts'
import { eventAttributes } from '../../log-record/event-attributes.ts'
import { sentence } from '../../log-record/sentence.ts'
import { type EventMapping, mappingOf } from '../../mapping/mapping-of.ts'
import { relevanceOf } from '../../mapping/relevance.ts'
import type { RelevancePolicy } from '../../mapping/relevance-policy.ts'
import { ATTR_ASANA_AUDIT_RELEVANCE } from '../../semconv.ts'
import { definedOf } from '../defined-of.ts'
import { type EventParts, eventParts, said } from '../event-parts.ts'
import { udmAuthentication } from './udm-authentication.ts'
import type { UdmEvent, UdmSecurityResult } from './udm-event.ts'
import { udmEventType } from './udm-event-type.ts'
import { udmPrincipal, udmTarget } from './udm-nouns.ts'

export interface UdmOptions {
  /** The gid of the workspace, for `metadata.product_deployment_id`. An event does not hold it. */
  workspace?: string | undefined
  /**
   * When the event reached you, for `metadata.collected_timestamp`: `[seconds, nanoseconds]` since 1970.
   * @default `receivedAt` of the context's provenance, or else left out
   */
  observedTimestamp?: Instant | undefined
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

const optionNames: OptionNames<UdmOptions> = {
  ...{ workspace: true, observedTimestamp: true, relevance: true, context: true },
}

/**
 * Converts an event that `parseAuditLogEvent` has accepted to Google's Unified Data Model. Never fails: for any event
 * the result has what its event type requires, and holds the whole event. Apply a field policy first.
 */
export function toUdm(event: AuditLogEvent, options: UdmOptions = {}): UdmEvent {
  checkOptionNames('toUdm', optionNames, options)
  const parts = eventParts(event)
  const mapping = mappingOf(event.event_type, event.event_category)
  const relevance = relevanceOf(event, options.relevance)
  const context = options.context?.(event) ?? {}
  const principal = udmPrincipal(parts, context)
  const target = udmTarget(event, parts, mapping)
  const type = udmEventType(mapping.udm.type, { principal, target })
  const agent = said(parts.context['user_agent'])
  const observedTimestamp = options.observedTimestamp ?? context.provenance?.receivedAt
  return {
    metadata: metadata(event, type, { ...options, observedTimestamp }),
    ...(principal && { principal }),
    target,
    security_result: [securityResult(event, parts, mapping, relevance)],
    ...(agent !== undefined && { network: { http: { user_agent: agent } } }),
    ...(isLogin(type) && {
      extensions: { auth: udmAuthentication(parts, mapping.ecs.outcome === 'failure') },
    }),
    additional: {
      ...eventAttributes(event),
      [ATTR_ASANA_AUDIT_RELEVANCE]: relevance,
      ...contextAttributes(context),
    },
  }
}

function isLogin(type: string): boolean {
  return type === 'USER_LOGIN' || type === 'USER_LOGOUT'
}

/** Texts as long as Google's guide allows; `additional` has them whole. */
function metadata(
  event: AuditLogEvent,
  type: string,
  { workspace, observedTimestamp }: UdmOptions,
): UdmEvent['metadata'] {
  return {
    event_timestamp: utcTime(instantAt(event.created_at), 9),
    ...(observedTimestamp && { collected_timestamp: utcTime(observedTimestamp, 9) }),
    event_type: type,
    vendor_name: 'Asana',
    product_name: 'Asana',
    product_event_type: cutToBytes(event.event_type.toWellFormed(), 64),
    product_log_id: cutToBytes(event.gid.toWellFormed(), 256),
    ...(workspace !== undefined && { product_deployment_id: workspace }),
    description: cutToBytes(sentence(event), 1024),
  }
}

function securityResult(
  event: AuditLogEvent,
  { details }: EventParts,
  { meaning, udm, ecs }: EventMapping,
  relevance: ReturnType<typeof relevanceOf>,
): UdmSecurityResult {
  const changed = ['old_value', 'new_value'].flatMap((key) => {
    const value = said(details[key])
    return value === undefined ? [] : { key, value }
  })
  const isRefused = ecs.outcome === 'failure'
  return {
    summary: eventType(event.event_type)?.description ?? meaning,
    severity: relevance.toUpperCase() as UdmSecurityResult['severity'],
    ...definedOf<Pick<UdmSecurityResult, 'action' | 'category' | 'detection_fields'>>({
      ...(udm.action && { action: [udm.action] }),
      ...(isRefused && { category: ['AUTH_VIOLATION'] }),
      ...(changed.length > 0 && { detection_fields: changed }),
    }),
  }
}

/** The beginning of a text that fits in this many bytes of UTF-8, without half a character. */
function cutToBytes(text: string, bytes: number): string {
  const encoded = new TextEncoder().encode(text)
  if (encoded.length <= bytes) return text
  // The last character may be cut: streaming decodes only whole ones.
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(encoded.subarray(0, bytes), { stream: true })
}
