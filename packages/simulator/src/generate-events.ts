import { type AuditLogEvent, eventType, eventTypes } from '@asana-audit/schema'
import { detailsOf } from './event-details.ts'
import { pickEventType } from './event-mix.ts'
import { type Origin, originOf } from './event-origin.ts'
import { resourceOf } from './event-resource.ts'
import { createOrganisation } from './organisation.ts'
import { createRandom, type Random } from './random.ts'
import { workingTime } from './working-hours.ts'

export interface GenerateOptions {
  count: number
  /** Milliseconds since 1970, inclusive. */
  from: number
  /** Milliseconds since 1970, exclusive. */
  until: number
  /** Default 1. */
  seed?: number
  /** Gid of the workspace. Default `1234567890123456`. */
  workspace?: string
  /** Share of events with the very time of the one before, 0 to 1. Default 0. */
  equalTimes?: number
}

/** An event but for its time and its number. */
interface Draft {
  type: string
  origin: Origin
  random: Random
}

/** Events of one organisation, one by one. */
export interface EventGenerator {
  /** What happens under `key` is always the same. Without `type`, by the usual mix. */
  draft(key: string, type?: string): Draft
  /** `ordinal` decides the gid: a later one has a greater gid. `at` is in milliseconds since 1970. */
  finish(draft: Draft, ordinal: number, at: number): AuditLogEvent
}

/**
 * `count` events as sixty invented people in several time zones would cause them, ascending by `created_at` and by
 * `gid`. From as many events as the catalogue has types (159), each type is there at least once. Pure.
 */
export function generateEvents(options: GenerateOptions): AuditLogEvent[] {
  const { count, from, until, seed = 1, workspace = '1234567890123456', equalTimes = 0 } = options
  const generator = createEventGenerator(seed, workspace)
  const types = [...eventTypes.keys()]
  const drafts = Array.from({ length: count }, (_, index) => {
    const draft = generator.draft(String(index), count >= types.length ? types[index] : undefined)
    const at = workingTime(draft.random, draft.origin.person?.utcOffset, from, until)
    return { draft, at }
  })
  drafts.sort((a, b) => a.at - b.at)
  const ties = createRandom(`${seed}/ties`)
  let before: number | undefined
  return drafts.map(({ draft, at }, index) => {
    before = before !== undefined && ties.chance(equalTimes) ? before : at
    return generator.finish(draft, index, before)
  })
}

export function createEventGenerator(seed: number, workspace: string): EventGenerator {
  const organisation = createOrganisation(seed, workspace)
  return {
    draft(key, type) {
      const random = createRandom(`${seed}/event/${key}`)
      const drawn = type ?? pickEventType(random)
      return { type: drawn, origin: originOf(drawn, organisation, random), random }
    },
    finish({ type, origin, random }, ordinal, at) {
      return {
        gid: String(1_209_000_000_000_000 + ordinal * 7919 + random.between(0, 7918)),
        created_at: new Date(at).toISOString(),
        event_type: type,
        event_category: eventType(type)?.category ?? 'admin_settings',
        actor: origin.actor,
        resource: resourceOf(type, origin, organisation, random),
        details: detailsOf(type, organisation, random),
        context: origin.context,
      }
    },
  }
}
