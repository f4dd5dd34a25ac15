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
