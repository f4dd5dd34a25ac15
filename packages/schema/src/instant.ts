/**
 * Whole seconds since 1970 and the nanoseconds within that second (0 to 999,999,999); before 1970 the seconds
 * are negative.
 */
export type Instant = [seconds: number, nanos: number]

const rfc3339 =
  /^(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d):(\d\d)(?:\.(\d{1,9})\d*)?(?:[Zz]|([+-])(\d\d):(\d\d))$/

/**
 * Reads an RFC 3339 date-time without losing digits; `Date.parse` keeps milliseconds only and moves 30
 * February into March. Digits past the ninth are cut. A leap second (`:60`) is read as the first second of
 * the next minute. Returns undefined for anything else, among it dates that do not exist.
 */
export function parseInstant(text: string): Instant | undefined {
  return inUsualForm(text) ?? inAnyForm(text)
}

/** Without 29 February, which is left to the other form. */
const daysInMonth = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

/** `2026-01-31T09:41:27.317Z`, as Asana writes every time: read by its places, since each event is asked for its time more than once. */
function inUsualForm(text: string): Instant | undefined {
  if (text.length !== 24 || text[4] !== '-' || text[7] !== '-' || text[10] !== 'T') return undefined
  if (text[13] !== ':' || text[16] !== ':' || text[19] !== '.' || text[23] !== 'Z') return undefined
  const year = 100 * twoDigits(text, 0) + twoDigits(text, 2)
  const month = twoDigits(text, 5)
  const day = twoDigits(text, 8)
  const hour = twoDigits(text, 11)
  const minute = twoDigits(text, 14)
  const second = twoDigits(text, 17)
  const millis = 10 * twoDigits(text, 20) + (twoDigits(text, 21) % 10)
  const isDate = year >= 1000 && day >= 1 && day <= (daysInMonth[month - 1] ?? 0)
  const isTime = hour <= 23 && minute <= 59 && second <= 59 && millis >= 0
  if (!isDate || !isTime) return undefined
  return [Date.UTC(year, month - 1, day, hour, minute, second) / 1000, millis * 1_000_000]
}

/** NaN, which fails every comparison, where one of the two is no digit. */
function twoDigits(text: string, at: number): number {
  const tens = text.charCodeAt(at) - 48
  const ones = text.charCodeAt(at + 1) - 48
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? 10 * tens + ones : Number.NaN
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
  // Years below 100 would be taken for 19xx by the Date.UTC shorthand, so the year is set apart.
  const date = new Date(0)
  date.setUTCFullYear(year, month - 1, day)
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return undefined
  const offset = (match[8] === '-' ? -1 : 1) * (offsetHours * 60 + offsetMinutes) * 60
  const seconds = date.getTime() / 1000 + hour * 3600 + minute * 60 + second - offset
  return [seconds, Number((match[7] ?? '').padEnd(9, '0'))]
}

/** Whether `parseInstant` can read it. */
export function isInstant(text: string): boolean {
  return parseInstant(text) !== undefined
}

/** Milliseconds since 1970, rounded down; undefined where `parseInstant` is. */
export function parseMillis(text: string): number | undefined {
  const instant = parseInstant(text)
  return instant && instant[0] * 1000 + Math.floor(instant[1] / 1_000_000)
}
