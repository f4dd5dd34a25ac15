// Values of JSON, as the validators of several dialects judge them.

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** A text or number that every reader of JSON takes: no text that is not valid in UTF-8, and no integer that a double does not hold. */
export function isPlain(value: unknown): boolean {
  if (typeof value === 'string') return value.isWellFormed()
  return Number.isSafeInteger(value) || (Number.isFinite(value) && !Number.isInteger(value))
}

/** A time in UTC as RFC 3339 has it, with at most so many decimals, a year from 1 to 9999 and a day that exists. */
export function isTime(text: string, decimals: number): boolean {
  const [, day, time = '', fraction = ''] = /^(\d{4}-\d\d-\d\d)(T\d\d:\d\d:\d\d)(\.\d+)?Z$/.exec(text) ?? []
  if (day === undefined || day.startsWith('0000') || fraction.length > decimals + 1) return false
  const date = new Date(`${day}${time}Z`)
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(day)
}
