import type { AuditLogEvent } from '@asana-audit/schema'
import { checkOption, isShare } from '../check-option.ts'
import { createRandom, fractionOf } from '../organisation/random.ts'
import { createEventGenerator } from './generate-events.ts'

/** New events while the simulator runs, driven by its clock and without a timer. */
export interface GrowthPlan {
  /** New events a minute, by the clock of the simulator. */
  perMinute: number
  /**
   * Share of events that arrive late, 0 to 1.
   * @default 0
   */
  lateShare?: number
  /**
   * Their greatest delay, in milliseconds. The default, 30 minutes, is what AWS states for Asana.
   * @default 1_800_000
   */
  lateByMs?: number
}

export interface Growth {
  /** The events that have arrived since the last call, in the order of arrival. */
  until(now: number): Iterable<AuditLogEvent>
  /** `count` events of the last minute, none older than `newest`. */
  now(count: number, now: number, newest: number | undefined): AuditLogEvent[]
}

export interface GrowthOptions {
  seed: number
  workspace: string
  startedAt: number
  /** The number of existing events; new gids continue after them. */
  alreadyThere: number
  plan: GrowthPlan | undefined
}

const minute = 60_000

/** The nth event of a plan is always the same and always arrives at the same time after the start. */
export function createGrowth({ seed, workspace, startedAt, alreadyThere, plan }: GrowthOptions): Growth {
  const { perMinute = 0, lateShare = 0, lateByMs = 30 * minute } = plan ?? {}
  checkOption('growth.perMinute', perMinute >= 0 && perMinute < Infinity, 'a number from 0')
  checkOption('growth.lateShare', isShare(lateShare), 'a share from 0 to 1')
  checkOption('growth.lateByMs', lateByMs >= 0, 'milliseconds from 0')
  const generator = createEventGenerator(seed, workspace)
  let arrived = 0
  let asked = 0

  function event(key: string, at: number): AuditLogEvent {
    return generator.finish(generator.draft(key), alreadyThere + arrived + asked, at)
  }

  function arrivalOf(index: number): number {
    return startedAt + ((index + fractionOf(`${seed}/arrival/${index}`)) * minute) / perMinute
  }

  function* until(now: number): Iterable<AuditLogEvent> {
    if (perMinute === 0) return
    for (let arrival = arrivalOf(arrived); arrival <= now; arrival = arrivalOf(arrived)) {
      const random = createRandom(`${seed}/late/${arrived}`)
      const lateBy = random.chance(lateShare) ? random.fraction() * lateByMs : 0
      yield event(`growth/${arrived}`, arrival - lateBy)
      arrived++
    }
  }

  function happenedNow(count: number, now: number, newest = 0): AuditLogEvent[] {
    const from = Math.min(Math.max(newest, now - minute), now)
    return Array.from({ length: count }, (_, index) => {
      const grown = event(`asked/${asked}`, from + ((now - from) * (index + 1)) / count)
      asked++
      return grown
    })
  }

  return { until, now: happenedNow }
}
