import type { ContextOf, EventContext } from '../../context/event-context.ts'
import type { AuditLogEvent } from '../../event/event.ts'
import { millisAt } from '../../event/event-time.ts'
import { toJsonText } from '../../event/to-json-text.ts'
import { checkOptionNames, type OptionNames } from '../../known-options.ts'
import { sentence } from '../../log-record/sentence.ts'
import { mappingOf } from '../../mapping/mapping-of.ts'
import { relevanceOf } from '../../mapping/relevance.ts'
import type { RelevancePolicy } from '../../mapping/relevance-policy.ts'
import { asOcsf13 } from './as-ocsf-1-3.ts'
import { activityCaption, categoryNames, classNames, severities, statusNames } from './captions.ts'
import { type ClassShape, classShape } from './class-shape.ts'
import { endpointContext, enrichments } from './client-context.ts'
import { logging } from './logging.ts'
import { observables } from './observables.ts'
import type { OcsfEvent } from './ocsf-event.ts'
import { actorUser } from './ocsf-user.ts'
import { type Remainder, remainder } from './remainder.ts'
import { sourceEndpoint } from './source-endpoint.ts'

/** The version of OCSF that events are written in, unless another is asked for. */
export const ocsfVersion = '1.8.0'

/** 1.3.0 is the newest that Amazon Security Lake takes. */
export type OcsfVersion = '1.3.0' | '1.8.0'

export interface OcsfOptions {
  /**
   * `1.8.0`, or `1.3.0` for Amazon Security Lake.
   * @default '1.8.0'
   */
  version?: OcsfVersion
  /** The gid of the workspace, for `metadata.tenant_uid`. An event does not hold it. */
  workspace?: string | undefined
  /**
   * How much each kind of event matters, in your own judgement. Made by `relevancePolicy(…)`.
   * @default our table
   */
  relevance?: RelevancePolicy | undefined
  /** Adds what is known about an event beside it, for example with `openContext` of `@asana-audit/context`. */
  context?: ContextOf | undefined
  /**
   * Adds the event as it came, as JSON text (`raw_data`).
   * @default true
   */
  rawData?: boolean
  /**
   * Also lists addresses, e-mail addresses and names as `observables`.
   * @default false
   */
  observables?: boolean
  /**
   * Applies OCSF's host profile, which adds an `actor` to the classes that have none.
   * @default false
   */
  hostProfile?: boolean
}

const optionNames: OptionNames<OcsfOptions> = {
  version: true,
  workspace: true,
  relevance: true,
  context: true,
  rawData: true,
  observables: true,
  hostProfile: true,
}

/**
 * Converts an event to OCSF. The result is valid for any event, and complete: fields without a place in the class are
 * in `unmapped`. Apply a field policy first.
 */
export function toOcsf(event: AuditLogEvent, options: OcsfOptions = {}): OcsfEvent {
  checkOptionNames('toOcsf', optionNames, options)
  const { version = ocsfVersion } = options
  if (version === ocsfVersion) return currentOcsf(event, options)
  if (version !== '1.3.0') throw new TypeError('The option version of toOcsf must be 1.3.0 or 1.8.0.')
  const { hostProfile = false } = options
  const whole = currentOcsf(event, options)
  // The base event has no such profile in 1.3.
  return asOcsf13(
    hostProfile && whole.class_uid === 0 ? currentOcsf(event, { ...options, hostProfile: false }) : whole,
  )
}

function currentOcsf(event: AuditLogEvent, options: OcsfOptions): OcsfEvent {
  const { workspace, relevance, rawData = true, hostProfile = false } = options
  const mapping = mappingOf(event.event_type, event.event_category)
  const fields = remainder(event)
  const shape = classShape({ event, mapping, fields })
  const [severity_id, severity] = severities[relevanceOf(event, relevance)]
  const { statusId } = mapping.ocsf
  const context = options.context?.(event) ?? {}
  const whole: OcsfEvent = {
    ...kind(shape, event),
    time: millisAt(event.created_at),
    severity_id,
    severity,
    status_id: statusId,
    status: statusNames[statusId],
    message: sentence(event),
    metadata: {
      version: ocsfVersion,
      product: { name: 'Asana', vendor_name: 'Asana' },
      log_name: 'Audit Log',
      uid: event.gid.toWellFormed(),
      event_code: event.event_type.toWellFormed(),
      original_time: event.created_at,
      ...(workspace !== undefined && { tenant_uid: workspace }),
      ...(hostProfile && { profiles: ['host'] }),
      ...(context.provenance && logging(context.provenance)),
    },
    ...shape.attributes,
    ...origin(event, shape.classUid, fields, hostProfile, context),
  }
  const left = fields.left()
  if (options.observables) whole['observables'] = observables({ ...whole, unmapped: left })
  if (Object.keys(left).length > 0) whole.unmapped = left
  if (rawData) whole.raw_data = toJsonText(event)
  return whole
}

function kind({ classUid, activityId, activityName }: ClassShape, { event_type }: AuditLogEvent) {
  const category = Math.floor(classUid / 1000) as keyof typeof categoryNames
  const activity = activityCaption(classUid, activityId) ?? activityName ?? event_type.toWellFormed()
  const className = classNames[classUid]
  return {
    category_uid: category,
    category_name: categoryNames[category],
    class_uid: classUid,
    class_name: className,
    activity_id: activityId,
    activity_name: activity,
    type_uid: classUid * 100 + activityId,
    type_name: `${className}: ${activity}`,
  }
}

/**
 * Who acted, from where. Web resources have no actor, but their endpoint may name its user; the base event has
 * neither.
 */
function origin(
  event: AuditLogEvent,
  classUid: number,
  fields: Remainder,
  hostProfile: boolean,
  context: EventContext,
) {
  const hasActor = hostProfile || (classUid !== 0 && classUid !== 6001)
  const actor = hasActor ? actorOf(event, fields) : undefined
  if (classUid === 0) return { ...(actor && { actor }), ...enrichments(event, context, true) }
  const endpoint = sourceEndpoint(event, fields)
  const owner = endpoint && !hasActor ? actorUser(event, fields) : undefined
  const agent = fields.take('context', 'user_agent')
  return {
    ...(actor && { actor }),
    ...(endpoint && { src_endpoint: { ...endpoint, ...(owner && { owner }), ...endpointContext(context) } }),
    ...(agent !== undefined && { http_request: { user_agent: agent } }),
    ...enrichments(event, context, false),
  }
}

function actorOf(event: AuditLogEvent, fields: Remainder): object | undefined {
  const user = actorUser(event, fields)
  const app = fields.take('context', 'oauth_app_name')
  if (!user && app === undefined) return undefined
  return { ...(user && { user }), ...(app !== undefined && { app_name: app }) }
}
