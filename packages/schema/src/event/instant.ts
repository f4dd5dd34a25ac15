/**
 * Whole seconds since 1970 and the nanoseconds within that second (0 to 999,999,999); before 1970 the seconds
 * are negative.
 */
export type Instant = [seconds: number, nanos: number]

/** The last whole second that OTLP's 64 unsigned bits of nanoseconds can hold: in the year 2554. */
export const lastSecond = 18_446_744_072

/** Now, to the millisecond. */
export function present(): Instant {
  const millis = Date.now()
  return [Math.floor(millis / 1000), (millis % 1000) * 1_000_000]
}

const rfc3339 =
  /^(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d):(\d\d)(?:\.(\d{1,9})\d*)?(?:[Zz]|([+-])(\d\d):(\d\d))$/

/**
 * Reads an RFC 3339 date-time without losing digits; `Date.parse` keeps milliseconds only and moves 30 February into
 * March. Digits past the ninth are cut. A leap second (`:60`) is read as the first second of the next minute. Returns
 * undefined for anything else, also for dates that do not exist.
 */
export function parseInstant(text: string): Instant | undefined {
  const millis = inUsualForm(text)
  if (millis === undefined) return inAnyForm(text)
  const seconds = Math.floor(millis / 1000)
  return [seconds, (millis - seconds * 1000) * 1_000_000]
}

/** Without 29 February, which the slow path handles. */
const daysInMonth = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
const daysBeforeMonth = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334]

/**
 * Milliseconds since 1970 of `2026-01-31T09:41:27.317Z`, the form of all Asana's times. Read digit by digit without
 * `Date`, for speed: the time of each event is read several times.
 */
function inUsualForm(text: string): number | undefined {
  if (text.length !== 24 || !hasUsualSigns(text)) return undefined
  const year = 100 * twoDigits(text, 0) + twoDigits(text, 2)
  const month = twoDigits(text, 5)
  const day = twoDigits(text, 8)
  const hour = twoDigits(text, 11)
  const minute = twoDigits(text, 14)
  const second = twoDigits(text, 17)
  const millis = 10 * twoDigits(text, 20) + digit(text, 22)
  const isDate = year >= 1000 && year <= 9999 && day >= 1 && day <= (daysInMonth[month - 1] ?? 0)
  const isTime = hour <= 23 && minute <= 59 && second <= 59 && millis <= 999
  if (!isDate || !isTime) return undefined
  const days =
    365 * year + leapDaysUpTo(month > 2 ? year : year - 1) + (daysBeforeMonth[month - 1] ?? 0) + day
  return (((days - daysBefore1970) * 24 + hour) * 60 + minute) * 60_000 + second * 1000 + millis
}

/** Days from the year 0 to the start of 1970, the first of January counted. */
const daysBefore1970 = 365 * 1970 + leapDaysUpTo(1969) + 1

function leapDaysUpTo(year: number): number {
  return Math.floor(year / 4) - Math.floor(year / 100) + Math.floor(year / 400)
}

function hasUsualSigns(text: string): boolean {
  const isDate = text[4] === '-' && text[7] === '-' && text[10] === 'T'
  return isDate && text[13] === ':' && text[16] === ':' && text[19] === '.' && text[23] === 'Z'
}

function twoDigits(text: string, at: number): number {
  return 10 * digit(text, at) + digit(text, at + 1)
}

/** A number above any part of a time if the character is not a digit. */
function digit(text: string, at: number): number {
  const value = text.charCodeAt(at) ^ 0x30
  return value <= 9 ? value : 100_000
}

function inAnyForm(text: string): Instant | undefined {
  const match = rfc3339.exec(text)
  if (!match) return undefined
  const number = (group: number) => Number(match[group] ?? 0)
  const [year, month, day, hour, minute, second] = [
    number(1),
    number(2),
    number(3),
    number(4),
    number(5),
    number(6),
  ]
  const [offsetHours, offsetMinutes] = [number(9), number(10)]
  if (hour > 23 || minute > 59 || second > 60 || offsetHours > 23 || offsetMinutes > 59) return undefined
  // Date.UTC reads years below 100 as 19xx, so the year is set separately.
  const date = new Date(0)
  date.setUTCFullYear(year, month - 1, day)
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return undefined
  const offset = (match[8] === '-' ? -1 : 1) * (offsetHours * 60 + offsetMinutes) * 60
  const seconds = date.getTime() / 1000 + hour * 3600 + minute * 60 + second - offset
  return [seconds, Number((match[7] ?? '').padEnd(9, '0'))]
}

/** Whether `parseInstant` can read it. */
export function isInstant(text: string): boolean {
  return parseMillis(text) !== undefined
}

/** Milliseconds since 1970, rounded down; undefined if `parseInstant` returns undefined. */
export function parseMillis(text: string): number | undefined {
  return inUsualForm(text) ?? millisOf(inAnyForm(text))
}

function millisOf(instant: Instant | undefined): number | undefined {
  return instant && instant[0] * 1000 + Math.floor(instant[1] / 1_000_000)
}
