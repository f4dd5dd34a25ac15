import type { Clock } from '@asana-audit/core'
import { systemClock } from '@asana-audit/core/sink-kit'

/**
 * Begins with the time of the machine and then goes on evenly, also when somebody sets that time: for how long ago something was. Asana's
 * times are compared with `systemClock`.
 */
export const steadyClock: Clock = {
  ...systemClock,
  now: () => performance.timeOrigin + performance.now(),
}
