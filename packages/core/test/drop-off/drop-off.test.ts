import { describe, expect, test } from 'vitest'
import {
  type DropOff,
  hourMs,
  judgeDropOff,
  type LearnedHours,
  type LedgerHour,
  learnHours,
  noDropOffYet,
} from '../../src/ledger.ts'
import { centralEurope, simulatedYear } from './simulated-year.ts'

const dayMs = 24 * hourMs
const weekMs = 7 * dayMs
const monday = Date.UTC(2026, 0, 5)

// Two or more in each month, as in a year of public holidays; days counted from the start, the first eight weeks are for learning.
const holidays = [60, 88, 91, 116, 129, 140, 200, 270, 271, 300, 310, 333, 354, 355, 361, 370, 390, 400, 410]
const ofHolidays = (hour: number): boolean => holidays.includes(Math.floor((hour - monday) / dayMs))

describe('in a simulated year with 40 outages of ten hours', () => {
  test('at 300 events a workday nearly all outages that hide 20 events are found within hours, and only holidays are mistaken', () => {
    const { outages, found, medianDelayHours, falseAlarms, falseOnHolidays } = simulatedYear({
      ...{ eventsPerWorkday: 300, seed: 1, holidays },
      calendar: { offsetAt: centralEurope },
    })
    expect(outages).toBeGreaterThan(20)
    expect(outages - found).toBeLessThanOrEqual(2)
    expect(medianDelayHours).toBeLessThanOrEqual(3)
    expect(falseAlarms - falseOnHolidays).toBeLessThanOrEqual(2)
    expect(falseOnHolidays).toBeLessThanOrEqual(holidays.length)
  })

  test('a list of quiet days takes away the alarms on holidays, and no outage', () => {
    const { outages, found, falseAlarms } = simulatedYear({
      ...{ eventsPerWorkday: 300, seed: 1, holidays },
      calendar: { offsetAt: centralEurope, isQuiet: ofHolidays },
    })
    expect(outages - found).toBeLessThanOrEqual(2)
    expect(falseAlarms).toBeLessThanOrEqual(2)
  })

  test('at 5,000 events a workday the outages are found in two hours', () => {
    const { outages, found, medianDelayHours, falseAlarms } = simulatedYear({
      ...{ eventsPerWorkday: 5_000, seed: 1, holidays },
      calendar: { isQuiet: ofHolidays },
    })
    expect(outages).toBe(40)
    expect(outages - found).toBeLessThanOrEqual(1)
    expect(medianDelayHours).toBe(2)
    expect(falseAlarms).toBeLessThanOrEqual(2)
  })

  test('at 5 events a workday nothing is claimed: there is not enough data all year', () => {
    const { states, falseAlarms } = simulatedYear({ eventsPerWorkday: 5, seed: 1, holidays })
    expect([...states]).toEqual(['INSUFFICIENT_DATA'])
    expect(falseAlarms).toBe(0)
  })
})

/** The same count in each hour of `[from, until)`. */
function steady(count: number, from: number, until: number): LedgerHour[] {
  const hours: LedgerHour[] = []
  for (let hour = from; hour < until; hour += hourMs)
    hours.push({ hour, kind: 'delivered', count, checksum: 0n })
  return hours
}

const now = monday + 8 * weekMs
const options = { countedFrom: monday, newestAt: now, without: [] }

describe('the usual hours', () => {
  test('are the mean of the same hour of the week, and a part of an hour counts in part', () => {
    const learned = learnHours(steady(12, monday, now), options)
    expect(learned?.expectedIn(now, now + 90 * 60_000)).toBe(18)
  })

  test.each([
    ['the ledger counts less than eight weeks', { countedFrom: monday + hourMs }],
    ['the hours of eight weeks were all in alarms', { without: [{ from: monday, until: now }] }],
    ['all days are quiet', { isQuiet: () => true }],
  ])('are unknown where %s', (_, changed) => {
    expect(learnHours(steady(12, monday, now), { ...options, ...changed })).toBeUndefined()
  })

  test('do not shrink because of hours in alarms', () => {
    const outage = { from: now - weekMs, until: now - 6 * dayMs }
    const ledger = steady(8, monday, now).filter(({ hour }) => hour < outage.from || hour >= outage.until)
    expect(learnHours(ledger, { ...options, without: [outage] })?.expectedIn(now, now + hourMs)).toBe(8)
    expect(learnHours(ledger, options)?.expectedIn(now, now + hourMs)).toBe(7)
  })

  test('expect nothing on a quiet day, and learn nothing from it', () => {
    const isQuiet = (hour: number): boolean => hour >= now && hour < now + dayMs
    const learned = learnHours(steady(8, monday, now), { ...options, isQuiet })
    expect(learned?.expectedIn(now - hourMs, now + hourMs)).toBe(8)
    expect(learned?.expectedIn(now, now + dayMs)).toBe(0)
  })

  test('stay at the same hour of the wall clock when summer time begins', () => {
    const beforeSummer = Date.UTC(2026, 2, 29)
    const from = beforeSummer - 8 * weekMs
    const atNine = steady(40, from, beforeSummer).filter(({ hour }) => new Date(hour).getUTCHours() === 8)
    const learned = learnHours(atNine, {
      ...{ countedFrom: from, newestAt: beforeSummer, without: [] },
      offsetAt: centralEurope,
    })
    const sevenUtc = beforeSummer + dayMs + 7 * hourMs
    expect(learned?.expectedIn(sevenUtc, sevenUtc + hourMs)).toBe(40)
    expect(learned?.expectedIn(sevenUtc + hourMs, sevenUtc + 2 * hourMs)).toBe(0)
  })
})

describe('the judge', () => {
  const hourly = (count: number): LearnedHours => ({
    expectedIn: (from, until) => ((until - from) / hourMs) * count,
  })
  const none = (): number => 0
  const ok: DropOff = { state: 'OK', since: monday, alarmHours: [] }

  test.each([
    [3, 119, 'OK'],
    [3, 399, 'OK'],
    [3, 400, 'ALARM'],
    [100, 119, 'OK'],
    [100, 120, 'ALARM'],
  ])('where %d events come in an hour, %d quiet minutes are %s', (count, minutes, state) => {
    const seen = { readUpTo: now, newestAt: now - minutes * 60_000, learned: hourly(count), cameIn: none }
    expect(judgeDropOff(ok, seen)).toMatchObject({ state })
  })

  test('a fixed time serves where nothing could be learned, and says OK again with the next event', () => {
    const seen = { readUpTo: now, learned: undefined, cameIn: none }
    const limits = { afterMs: 15 * 60_000 }
    const raised = judgeDropOff(ok, { ...seen, newestAt: now - 15 * 60_000 }, limits)
    expect(raised).toMatchObject({ state: 'ALARM', quietFrom: now - 15 * 60_000 })
    expect(judgeDropOff(raised, { ...seen, newestAt: now }, limits).state).toBe('OK')
    expect(judgeDropOff(noDropOffYet(now), { ...seen, newestAt: 0 }).state).toBe('INSUFFICIENT_DATA')
  })

  test('an alarm ends at a quarter of what is expected, not with the first event', () => {
    const seen = { readUpTo: now, newestAt: now - 2 * hourMs, learned: hourly(10), cameIn: none }
    const raised = judgeDropOff(ok, seen)
    expect(raised.state).toBe('ALARM')
    const later = { ...seen, readUpTo: now + 2 * hourMs, newestAt: now + hourMs }
    expect(judgeDropOff(raised, { ...later, cameIn: () => 4 })).toBe(raised)
    const ended = judgeDropOff(raised, { ...later, cameIn: () => 5 })
    expect(ended.state).toBe('OK')
    expect(ended.alarmHours).toEqual([{ from: now - hourMs, until: now + 3 * hourMs }])
  })

  test('nothing changes while nothing can be read', () => {
    const seen = { readUpTo: now, newestAt: now - hourMs, learned: hourly(100), cameIn: none }
    expect(judgeDropOff(ok, seen)).toBe(ok)
  })
})
