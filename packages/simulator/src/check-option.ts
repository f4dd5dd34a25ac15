/** Throws unless `valid`. `good` finishes the sentence "… must be …". */
export function checkOption(name: string, valid: boolean, good: string): void {
  if (valid) return
  const message = `The simulator's option ${name} must be ${good}.`
  throw Object.assign(new TypeError(message), { code: 'invalid_option' })
}

export function isWhole(value: number, from: number): boolean {
  return Number.isInteger(value) && value >= from
}

export function isShare(value: number): boolean {
  return value >= 0 && value <= 1
}
