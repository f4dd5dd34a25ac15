/** Past 2^53 a double no longer identifies one integer, and -0 has no integer form: both stay doubles in OTLP. */
export function isInteger(value: number): boolean {
  return Number.isSafeInteger(value) && !Object.is(value, -0)
}
