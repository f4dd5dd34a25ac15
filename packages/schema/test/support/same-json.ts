/**
 * Whether two JSON values are the same in every member: own `__proto__` keys count, 0 is not -0, absent is
 * not null. It has its own stack, because these values are nested too deeply for recursion.
 */
export function sameJson(left: unknown, right: unknown): boolean {
  const open: [unknown, unknown][] = [[left, right]]
  for (let pair = open.pop(); pair; pair = open.pop()) {
    const [a, b] = pair
    if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) {
      if (!Object.is(a, b)) return false
      continue
    }
    const [keysOfA, keysOfB] = [Object.keys(a), Object.keys(b)]
    if (Array.isArray(a) !== Array.isArray(b) || keysOfA.length !== keysOfB.length) return false
    for (const key of keysOfA) {
      if (!Object.hasOwn(b, key)) return false
      open.push([Reflect.get(a, key), Reflect.get(b, key)])
    }
  }
  return true
}
