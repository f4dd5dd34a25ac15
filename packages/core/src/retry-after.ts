/**
 * How long a `Retry-After` header asks to wait, in milliseconds: seconds or an HTTP date, RFC 9110 section 10.2.3.
 * Undefined without a readable one. `now` is in milliseconds since 1970.
 */
export function retryAfterMs(header: string | undefined, now: number): number | undefined {
  const text = header?.trim()
  if (!text) return undefined
  if (/^\d+$/.test(text)) return Number(text) * 1000
  const date = Date.parse(text)
  // A date without a letter is not an HTTP date: Date.parse takes "-5" for a month.
  return Number.isNaN(date) || !/[A-Za-z]/.test(text) ? undefined : Math.max(0, date - now)
}
