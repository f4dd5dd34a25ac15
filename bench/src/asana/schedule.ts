/** How events are distributed: evenly, or as in one office in one time zone. */
export type Density = 'uniform' | 'skewed'

/** The time of each event of a log, and the event of each time. Only a count for each hour is stored. */
export interface Schedule {
  /** Whole milliseconds since 1970, never earlier than those of a lower rank. */
  timeOf(rank: number): number
  /** How many events happened before this instant. */
  rankOf(ms: number): number
}

const hourMs = 3_600_000

/** The events of each hour as a share of the busiest hour, midnight first. */
const office = [1, 1, 1, 1, 1, 2, 5, 20, 60, 100, 100, 90, 60, 70, 90, 90, 80, 50, 20, 10, 8, 6, 3, 2]
const weekend = 0.06

/** `events` over `days` days up to `until`, the start of an hour. */
export function schedule(events: number, until: number, days: number, density: Density): Schedule {
  const hours = days * 24
  const start = until - hours * hourMs
  const weights = Array.from({ length: hours }, (_, hour) => weight(start + hour * hourMs, density))
  const total = weights.reduce((sum, one) => sum + one, 0)
  /** Events before each hour, and all at the end. */
  const before = new Float64Array(hours + 1)
  let passed = 0
  for (const [hour, one] of weights.entries()) {
    passed += one
    before[hour + 1] = Math.round((events * passed) / total)
  }
  before[hours] = events

  function hourOf(rank: number): number {
    let [low, high] = [0, hours - 1]
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((before[middle + 1] ?? 0) > rank) high = middle
      else low = middle + 1
    }
    return low
  }

  const countOf = (hour: number): number => (before[hour + 1] ?? 0) - (before[hour] ?? 0)
  return {
    timeOf(rank) {
      const hour = hourOf(rank)
      const within = Math.floor(((rank - (before[hour] ?? 0)) * hourMs) / countOf(hour))
      return start + hour * hourMs + within
    },
    rankOf(ms) {
      if (ms <= start) return 0
      const hour = Math.floor((ms - start) / hourMs)
      if (hour >= hours) return events
      const within = Math.ceil(ms) - start - hour * hourMs
      return (before[hour] ?? 0) + Math.min(countOf(hour), Math.ceil((within * countOf(hour)) / hourMs))
    },
  }
}

/** `events` up to `until`, one every `everyMs`, which is a whole number. */
export function steady(events: number, until: number, everyMs: number): Schedule {
  const start = until - events * everyMs
  return {
    timeOf: (rank) => start + rank * everyMs,
    rankOf: (ms) => Math.max(0, Math.min(events, Math.ceil((ms - start) / everyMs))),
  }
}

function weight(ms: number, density: Density): number {
  if (density === 'uniform') return 1
  const at = new Date(ms)
  const isWeekend = at.getUTCDay() % 6 === 0
  return (office[at.getUTCHours()] ?? 0) * (isWeekend ? weekend : 1)
}
