import { type AuditLogEvent, eventType, eventTypes } from '@asana-audit/schema'
import { checkNames, checkOption, isWhole } from '../check-option.ts'
import { hour } from '../duration.ts'
import { createOrganisation } from '../organisation/organisation.ts'
import { createRandom, type Random } from '../organisation/random.ts'
import { isStoryName, type StoryName, stories as tellable } from '../stories/stories.ts'
import type { Step } from '../stories/story.ts'
import { detailsOf } from './event-details.ts'
import { type EventMix, pickEventType } from './event-mix.ts'
import { type Origin, originOf } from './event-origin.ts'
import { resourceOf } from './event-resource.ts'
import { workingTime } from './working-hours.ts'

export interface GenerateOptions {
  /** How many events. */
  count: number
  /** Milliseconds since 1970, inclusive. */
  from: number
  /** Milliseconds since 1970, exclusive. */
  until: number
  /**
   * The same seed gives the same events.
   * @default 1
   */
  seed?: number
  /**
   * Gid of the workspace.
   * @default '1234567890123456'
   */
  workspace?: string
  /**
   * Share of events with the same `created_at` as the one before, 0 to 1.
   * @default 0
   */
  equalTimes?: number
  /**
   * `catalogue` has every type of event. `everyday` has the events of a quiet week in which no setting changes and
   * nobody leaves.
   * @default 'catalogue'
   */
  mix?: EventMix
  /**
   * Attacks to add to the events, not included in `count`. `storyNames` has all names, `stories` describes each.
   *
   * Each begins at a time the seed decides and fits the span. A person who loses access in a story does nothing
   * afterwards, so there may be fewer other events.
   */
  stories?: readonly StoryName[]
}

const generateOptions = ['count', 'from', 'until', 'seed', 'workspace', 'equalTimes', 'mix', 'stories']

/** An event without its time and its number. */
interface Draft {
  type: string
  origin: Origin
  random: Random
  /** The step of the story it belongs to. */
  step?: Step
}

interface Timed {
  draft: Draft
  at: number
}

/** Events of one organisation, one by one. */
export interface EventGenerator {
  /** The same `key` always gives the same draft. Without `type`, the type is drawn from the mix. */
  draft(key: string, type?: string): Draft
  /** The events of a story and their times, beginning at `start`. */
  story(name: StoryName, start: number): Timed[]
  /** `ordinal` decides the gid: a later one has a greater gid. `at` is in milliseconds since 1970. */
  finish(draft: Draft, ordinal: number, at: number): AuditLogEvent
}

/**
 * `count` events of sixty invented people in several time zones, ascending by `created_at` and by `gid`. With the mix
 * `catalogue` and at least 159 events (one per type), each type occurs at least once. Throws a `TypeError` with
 * `code` `invalid_option` for invalid options. Pure.
 */
export function generateEvents(options: GenerateOptions): AuditLogEvent[] {
  const { count, from, until, seed = 1, workspace = '1234567890123456', equalTimes = 0 } = options
  checkNames(options, generateOptions)
  checkOption('count', isWhole(count, 0), 'a whole number, 0 or more')
  const isSpan = Number.isFinite(from) && Number.isFinite(until) && from < until
  checkOption('from', isSpan, 'a time in milliseconds since 1970, before until: Date.now() - 86_400_000')
  const { mix = 'catalogue' } = options
  const generator = createEventGenerator(seed, workspace, mix)
  const types = mix === 'catalogue' ? [...eventTypes.keys()] : []
  const everyday: Timed[] = Array.from({ length: count }, (_, index) => {
    const draft = generator.draft(String(index), count >= types.length ? types[index] : undefined)
    const at = workingTime(draft.random, draft.origin.person?.utcOffset, from, until)
    return { draft, at }
  })
  const told = storyDrafts(options, generator)
  const lost = lostAccess(told)
  const drafts = everyday
    .filter(({ draft, at }) => at <= (lost.get(draft.origin.person?.gid ?? '') ?? Infinity))
    .concat(told)
  drafts.sort((a, b) => a.at - b.at)
  const ties = createRandom(`${seed}/ties`)
  let before: number | undefined
  return drafts.map(({ draft, at }, index) => {
    before = before !== undefined && ties.chance(equalTimes) ? before : at
    return generator.finish(draft, index, before)
  })
}

function storyDrafts(
  { from, until, seed = 1, stories = [] }: GenerateOptions,
  generator: EventGenerator,
): Timed[] {
  return stories.flatMap((name) => {
    checkOption('stories', isStoryName(name), `some of ${Object.keys(tellable).join(', ')}`)
    const { lasts } = tellable[name]
    const room = until - from - lasts
    checkOption('stories', room >= 0, `a span that ${name} fits into: ${Math.ceil(lasts / hour)} hours`)
    return generator.story(name, from + Math.floor(createRandom(`${seed}/story/${name}`).fraction() * room))
  })
}

/** When people lose their access in a story, by gid. Afterwards they act only in stories. */
function lostAccess(told: readonly Timed[]): Map<string | null | undefined, number> {
  const removals = told.filter(({ draft }) => draft.type === 'user_deprovisioned')
  return new Map(removals.map(({ draft, at }) => [draft.step?.resource?.gid, at]))
}

export function createEventGenerator(
  seed: number,
  workspace: string,
  mix: EventMix = 'catalogue',
): EventGenerator {
  const organisation = createOrganisation(seed, workspace)
  return {
    draft(key, type) {
      const random = createRandom(`${seed}/event/${key}`)
      const drawn = type ?? pickEventType(random, mix)
      return { type: drawn, origin: originOf(drawn, organisation, random), random }
    },
    story(name, start) {
      let at = start
      const steps = [...tellable[name].tell(organisation, createRandom(`${seed}/story/${name}/told`))]
      return steps.map((step, index) => {
        at += step.after
        const { type, actor, context } = step
        const random = createRandom(`${seed}/story/${name}/${index}`)
        return { draft: { type, origin: { actor, context, person: undefined }, random, step }, at }
      })
    },
    finish({ type, origin, random, step }, ordinal, at) {
      return {
        gid: String(1_209_000_000_000_000 + ordinal * 7919 + random.between(0, 7918)),
        created_at: new Date(at).toISOString(),
        event_type: type,
        event_category: eventType(type)?.category ?? 'admin_settings',
        actor: origin.actor,
        resource: step?.resource ?? resourceOf(type, origin, organisation, random),
        details: step ? { ...step.details } : detailsOf(type, organisation, random),
        context: origin.context,
      }
    },
  }
}
