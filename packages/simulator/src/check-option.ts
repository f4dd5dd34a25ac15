/** Throws unless `valid`. `good` ends the sentence "… must be …". */
export function checkOption(name: string, valid: boolean, good: string): void {
  if (valid) return
  const message = `The simulator's option ${name} must be ${good}.`
  throw Object.assign(new TypeError(message), { code: 'invalid_option' })
}

/** Throws for an unknown option: a mistyped name would otherwise be ignored silently. */
export function checkNames(options: object, known: readonly string[], within = ''): void {
  const unknown = Object.keys(options).filter((name) => !known.includes(name))
  if (unknown.length === 0) return
  const [wrong, right] = [unknown, known].map((names) => names.map((name) => within + name).join(', '))
  const message = `The simulator has no option ${wrong}. The options are ${right}.`
  throw Object.assign(new TypeError(message), { code: 'invalid_option' })
}

export function isWhole(value: number, from: number): boolean {
  return Number.isInteger(value) && value >= from
}

export function isShare(value: number): boolean {
  return value >= 0 && value <= 1
}
