import {
  type Calendar,
  type DropOff,
  type HourSpan,
  hourMs,
  judgeDropOff,
  type LearnedHours,
  type LedgerHour,
  learnHours,
  noDropOffYet,
} from '../../src/ledger.ts'

const dayMs = 24 * hourMs
const monday = Date.UTC(2026, 0, 5)
const trainingWeeks = 8
const weeks = trainingWeeks + 52

export interface Year {
  readonly eventsPerWorkday: number
  readonly seed: number
  /** Public holidays, as days counted from the start. */
  readonly holidays: readonly number[]
  readonly calendar?: Calendar
}

export interface Outcome {
  /** Outages that hid at least 20 events. */
  readonly outages: number
  readonly found: number
  readonly medianDelayHours: number
  readonly falseAlarms: number
  readonly falseOnHolidays: number
  readonly states: ReadonlySet<DropOff['state']>
}

/** The offset of Central Europe in 2026 and 2027: summer time from the last Sunday of March to that of October. */
export function centralEurope(at: number): number {
  const year = new Date(at).getUTCFullYear()
  const lastSunday = (month: number): number => {
    const last = Date.UTC(year, month + 1, 0, 1)
    return last - new Date(last).getUTCDay() * dayMs
  }
  return at >= lastSunday(2) && at < lastSunday(9) ? 120 : 60
}

/** 52 weeks after 8 of training: working hours, bursts, holidays, summer time, and 40 outages of 10 hours. Everything comes from `seed`. */
export function simulatedYear({ eventsPerWorkday, seed, holidays, calendar = {} }: Year): Outcome {
  const random = mulberry32(seed)
  const isHoliday = (hour: number): boolean => holidays.includes(Math.floor((hour - monday) / dayMs))
  const outages = plannedOutages(random)
  const ledger: LedgerHour[] = []
  const hidden = new Map<HourSpan, number>()
  const raisedIn = new Map<HourSpan, number>()
  const states = new Set<DropOff['state']>()
  let newestAt = monday
  let dropOff = noDropOffYet(monday)
  let learned: LearnedHours | undefined
  let falseAlarms = 0
  let falseOnHolidays = 0
  for (let hour = monday; hour < monday + weeks * 7 * dayMs; hour += hourMs) {
    const outage = outages.find(({ from, until }) => hour >= from && hour < until)
    const burst = random() < 0.01 ? 5 : 1
    const count = poisson(rate(hour, isHoliday(hour)) * eventsPerWorkday * burst, random)
    if (outage) hidden.set(outage, (hidden.get(outage) ?? 0) + count)
    else if (count > 0) {
      ledger.push({ hour, kind: 'delivered', count, checksum: 0n })
      newestAt = hour + Math.floor(hourMs * random() ** (1 / count))
    }
    const readUpTo = hour + hourMs
    if (hour % dayMs === 0) {
      learned = learnHours(ledger.slice(-trainingWeeks * 7 * 24), {
        countedFrom: monday,
        newestAt,
        without: dropOff.alarmHours,
        ...calendar,
      })
    }
    const cameIn = (from: number, until: number): number =>
      ledger
        .slice(-200)
        .filter((one) => one.hour >= from && one.hour < until)
        .reduce((sum, one) => sum + one.count, 0)
    const after = judgeDropOff(dropOff, { readUpTo, newestAt, learned, cameIn })
    states.add(after.state)
    if (after !== dropOff && after.state === 'ALARM') {
      // An alarm may still stand for an outage shortly after it ended.
      const cause = outages.find(
        ({ from, until }) => readUpTo > from && newestAt < until && newestAt <= from + hourMs,
      )
      if (cause) raisedIn.set(cause, (readUpTo - cause.from) / hourMs)
      else {
        falseAlarms += 1
        if (isHoliday(hour) || isHoliday(newestAt)) falseOnHolidays += 1
      }
    }
    dropOff = after
  }
  const large = outages.filter((one) => (hidden.get(one) ?? 0) >= 20)
  const delays = large.flatMap((one) => raisedIn.get(one) ?? []).toSorted((one, other) => one - other)
  return {
    outages: large.length,
    found: delays.length,
    medianDelayHours: delays[Math.floor(delays.length / 2)] ?? Number.NaN,
    falseAlarms,
    falseOnHolidays,
    states,
  }
}

/** The part of a workday's events that an hour brings, by the clock of Central Europe. */
function rate(hour: number, isHoliday: boolean): number {
  const local = new Date(hour + centralEurope(hour) * 60_000)
  const isWorkday = local.getUTCDay() % 6 !== 0 && !isHoliday
  const at = local.getUTCHours()
  const shape = at >= 9 && at < 18 ? 0.09 : at >= 7 && at < 21 ? 0.03 : 0.004
  return isWorkday ? shape : shape * 0.05
}

/** Never two within two days. */
function plannedOutages(random: () => number): HourSpan[] {
  const spans: HourSpan[] = []
  const first = trainingWeeks * 7
  for (let outage = 0; outage < 40; outage += 1) {
    const day = first + 2 + outage * 9
    const from = monday + day * dayMs + Math.floor(random() * 6 * 24) * hourMs
    spans.push({ from, until: from + 10 * hourMs })
  }
  return spans
}

function poisson(mean: number, random: () => number): number {
  if (mean > 60) return Math.max(0, Math.round(mean + Math.sqrt(mean) * normal(random)))
  const limit = Math.exp(-mean)
  let count = 0
  for (let product = random(); product > limit; product *= random()) count += 1
  return count
}

function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
}

function mulberry32(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}
