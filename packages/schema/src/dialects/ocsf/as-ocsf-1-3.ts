import { isRecord } from '../../event/is-record.ts'
import { activityCaption, categoryNames, classNames } from './captions.ts'
import { type Enrichment, unmappedAgent } from './client-context.ts'
import type { OcsfEvent } from './ocsf-event.ts'

/**
 * An event of OCSF 1.8 in the terms of 1.3, the newest version that Amazon Security Lake takes. What 1.3 has no name for is called
 * "other" with its caption, or goes to `unmapped`; nothing is lost.
 */
export function asOcsf13(whole: OcsfEvent): OcsfEvent {
  const { resources, group, entity, http_request: request, ...rest } = whole
  const event: OcsfEvent = {
    ...rest,
    ...(group === undefined ? undefined : asEntityManagement(whole, group)),
    ...(entity !== undefined && { entity: withKnownType(entity, 7) }),
    // The list has one member.
    ...(Array.isArray(resources) && { resource: resources[0] }),
    ...(request !== undefined && withRequest(whole, request)),
  }
  for (const name of ['user', 'actor', 'src_endpoint']) {
    if (event[name] !== undefined) event[name] = withKnownUsers(event[name])
  }
  const profiles = profilesOf(event)
  const { profiles: _, ...metadata } = whole.metadata
  event.metadata = { ...metadata, version: '1.3.0', ...(profiles.length > 0 && { profiles }) }
  return event
}

const groupManagement = 3006
const entityManagement = 3004
const fileHosting = 6006

/** Activities of group management as those of entity management. */
const activities: { readonly [activityId: number]: number } = { 3: 3, 4: 3, 5: 4, 6: 1 }

/** Group management needs a user or privileges in 1.3, which no event names. */
function asEntityManagement(whole: OcsfEvent, group: unknown): object {
  if (whole.class_uid !== groupManagement) return { group }
  const activityId = activities[whole.activity_id] ?? whole.activity_id
  const activity = activityCaption(entityManagement, activityId) ?? whole.activity_name
  return {
    ...{ class_uid: entityManagement, class_name: classNames[entityManagement] },
    ...{ category_uid: 3, category_name: categoryNames[3] },
    ...{ activity_id: activityId, activity_name: activity },
    type_uid: entityManagement * 100 + activityId,
    type_name: `${classNames[entityManagement]}: ${activity}`,
    entity: { ...(group as object), type_id: 3, type: 'Group' },
  }
}

/** Without a request in its class, the user agent stays where Asana has it, as it came if it had to be repaired. */
function withRequest({ class_uid, unmapped, enrichments }: OcsfEvent, request: unknown): object {
  if (class_uid !== fileHosting) return { http_request: request }
  const context = isRecord(unmapped?.['context']) ? unmapped['context'] : {}
  const known = enrichments as Enrichment[] | undefined
  const moved = known?.map((one) => (one.type === 'user_agent' ? { ...one, name: unmappedAgent } : one))
  return {
    unmapped: { ...unmapped, context: { ...(request as object), ...context } },
    ...(moved && { enrichments: moved }),
  }
}

/** The numbers of "Network Zone" (7) and "Service" (4) came later. */
function withKnownType(value: unknown, later: number): unknown {
  return isRecord(value) && value['type_id'] === later ? { ...value, type_id: 99 } : value
}

function withKnownUsers(value: unknown): unknown {
  if (!isRecord(value)) return value
  const inside = ['user', 'owner'].filter((name) => value[name] !== undefined)
  const known = inside.map((name) => [name, withKnownType(value[name], 4)])
  return withKnownType({ ...value, ...Object.fromEntries(known) }, 4)
}

/** In these classes an actor belongs to the profile. */
const withHostProfile: ReadonlySet<number> = new Set([3004, 3005, 6001])

function profilesOf({ class_uid, actor }: OcsfEvent): string[] {
  return actor !== undefined && withHostProfile.has(class_uid) ? ['host'] : []
}
