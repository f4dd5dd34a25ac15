/**
 * Milliseconds since 1970 as seconds with three decimals, the form HEC takes times in. Written from the digits: dividing
 * would give `1700000000.0999999` for some. Throws a RangeError for anything but a safe integer.
 */
export function epochSeconds(ms: number): string {
  if (!Number.isSafeInteger(ms)) throw new RangeError(`${ms} is not a whole number of milliseconds`)
  const digits = String(Math.abs(ms)).padStart(4, '0')
  return `${ms < 0 ? '-' : ''}${digits.slice(0, -3)}.${digits.slice(-3)}`
}
