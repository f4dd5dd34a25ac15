/** Past 2^53 a number no longer says which integer was meant, and -0 has no integer form: both stay doubles in OTLP. */
export function isInteger(value: number): boolean {
  return Number.isSafeInteger(value) && !Object.is(value, -0)
}
