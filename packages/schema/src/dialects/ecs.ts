import { contextAttributes } from '../context/context-attributes.ts'
import type { ContextOf } from '../context/event-context.ts'
import { nested } from '../context/nested.ts'
import type { AuditLogEvent } from '../event/event.ts'
import { instantAt } from '../event/event-time.ts'
import type { Instant } from '../event/instant.ts'
import { utcTime } from '../event/utc-time.ts'
import { checkOptionNames, type OptionNames } from '../known-options.ts'
import { eventAttributes } from '../log-record/event-attributes.ts'
import { ipAddress } from '../log-record/ip-address.ts'
import { sentence } from '../log-record/sentence.ts'
import { severityNumbers } from '../log-record/severity.ts'
import { mappingOf } from '../mapping/mapping-of.ts'
import { relevanceOf } from '../mapping/relevance.ts'
import type { RelevancePolicy } from '../mapping/relevance-policy.ts'
import { ATTR_ASANA_AUDIT_RELEVANCE } from '../semconv.ts'
import { type EcsAgent, ecsAgent } from './ecs-agent.ts'
import { type EcsSource, type EcsUserAgent, ecsSource, ecsUserAgent } from './ecs-client.ts'
import { type EcsGroup, type EcsUser, ecsGroup, ecsUser } from './ecs-user.ts'
import {
  type EventParts,
  eventParts,
  isSamePerson,
  loginUser,
  said,
  targetUser,
  targetWorkspace,
} from './event-parts.ts'

export interface EcsOptions {
  /** The gid of the workspace, which an event does not hold. */
  workspace?: string | undefined
  /**
   * When the event reached you, for `event.created`: `[seconds, nanoseconds]` since 1970.
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

/** A document of the Elastic Common Schema 9.4. Fields that the event does not have are left out. */
export interface EcsDocument {
  '@timestamp': string
  ecs: { version: '9.4.0' }
  message: string
  event: {
    kind: 'event'
    category: string[]
    type: string[]
    outcome: 'success' | 'failure' | 'unknown'
    id: string
    action: string
    provider: 'asana'
    module: 'asana'
    dataset: 'asana.audit'
    severity: number
    created?: string
  }
  user?: EcsUser & { target?: EcsUser; changes?: { roles: string[] } }
  group?: EcsGroup
  source?: EcsSource
  user_agent?: EcsUserAgent
  agent?: EcsAgent
  file?: { name: string }
  organization?: { id?: string; name?: string }
  related?: { user?: string[]; ip?: string[] }
  /** The whole event, under the names of its OTLP attributes. */
  asana: { audit: Record<string, unknown> }
}

const optionNames: OptionNames<EcsOptions> = {
  ...{ workspace: true, observedTimestamp: true, relevance: true, context: true },
}

/**
 * Converts an event that `parseAuditLogEvent` has accepted to a document of ECS. Never fails: for any event the
 * document is valid and holds the whole event. An invalid address is left out of `source.ip`, because Elasticsearch
 * would refuse the document. Apply a field policy first.
 */
export function toEcs(event: AuditLogEvent, options: EcsOptions = {}): EcsDocument {
  checkOptionNames('toEcs', optionNames, options)
  const parts = eventParts(event)
  const { ecs } = mappingOf(event.event_type, event.event_category)
  const relevance = relevanceOf(event, options.relevance)
  const context = options.context?.(event) ?? {}
  const { provenance } = context
  const observedTimestamp = options.observedTimestamp ?? provenance?.receivedAt
  const source = ecsSource(parts, context)
  const userAgent = ecsUserAgent(parts, context)
  return {
    '@timestamp': utcTime(instantAt(event.created_at), 9),
    ecs: { version: '9.4.0' },
    message: sentence(event),
    event: {
      kind: 'event',
      category: [...ecs.category],
      type: [...ecs.type],
      outcome: ecs.outcome,
      id: event.gid.toWellFormed(),
      action: event.event_type.toWellFormed(),
      provider: 'asana',
      module: 'asana',
      dataset: 'asana.audit',
      severity: severityNumbers[relevance],
      ...(observedTimestamp && { created: utcTime(observedTimestamp, 9) }),
    },
    ...unlessEmpty('user', user(event, parts)),
    ...unlessEmpty('group', ecs.type.includes('group') ? ecsGroup(parts) : {}),
    ...(source && { source }),
    ...(userAgent && { user_agent: userAgent }),
    ...(provenance && { agent: ecsAgent(provenance) }),
    ...unlessEmpty('file', file(parts)),
    ...unlessEmpty('organization', organization(parts, options.workspace)),
    ...unlessEmpty('related', related(parts)),
    ...(nested({
      ...eventAttributes(event),
      [ATTR_ASANA_AUDIT_RELEVANCE]: relevance,
      ...contextAttributes({ provenance }),
    }) as Pick<EcsDocument, 'asana'>),
  }
}

/**
 * Who acted, on which account, and the new role of that account. Nobody is their own target. For a login the user is
 * the account: rules for guessed passwords count by it.
 */
function user(event: AuditLogEvent, parts: EventParts): NonNullable<EcsDocument['user']> {
  const { details } = parts
  const { family, target: kind, ecs } = mappingOf(event.event_type, event.event_category)
  const who = ecs.category.includes('authentication') ? loginUser(parts) : parts.actor
  const isAccount = kind === 'user' || kind === 'service account'
  const found = isAccount ? targetUser(parts) : undefined
  const target = found && found !== who && !isSamePerson(who, found) ? ecsUser(found) : {}
  const role = found && ['R1', 'R2', 'R3'].includes(family) ? said(details['new_value']) : undefined
  return {
    ...ecsUser(who),
    ...unlessEmpty('target', target),
    ...(role !== undefined && { changes: { roles: [role] } }),
  }
}

function file({ resource }: EventParts): { name?: string } {
  return resource['resource_type'] === 'attachment' ? only('name', said(resource['name'])) : {}
}

function organization(parts: EventParts, workspace: string | undefined): { id?: string; name?: string } {
  const about = targetWorkspace(parts)
  return { ...only('id', said(workspace, about?.['gid'])), ...only('name', said(about?.['name'])) }
}

function related(parts: EventParts): NonNullable<EcsDocument['related']> {
  const people = [parts.actor, targetUser(parts) ?? {}]
  const asked = parts.context['on_behalf_of_user_id']
  const users = [
    ...people.flatMap(({ gid, name, email }) => [gid, name, email]),
    Number.isSafeInteger(asked) ? String(asked) : asked,
  ].flatMap((one) => said(one) ?? [])
  const ip = ipAddress(parts.context['client_ip_address'])
  return { ...(users.length > 0 && { user: [...new Set(users)] }), ...(ip && { ip: [ip] }) }
}

function only<Name extends string>(name: Name, value: string | undefined): { [key in Name]?: string } {
  return (value === undefined ? {} : { [name]: value }) as { [key in Name]?: string }
}

function unlessEmpty<Name extends string, Value extends object>(
  name: Name,
  value: Value,
): { [key in Name]?: Required<Value> } {
  const member = { [name]: value } as { [key in Name]: Required<Value> }
  return Object.keys(value).length > 0 ? member : {}
}
