import * as fc from 'fast-check'
import { toJsonText } from '../../src/event/to-json-text.ts'

/**
 * Checks a rule on many generated values. Reports a counterexample by itself: fast-check's own report
 * overflows the stack on values as deep as ours.
 */
export function holds<T>(arbitrary: fc.Arbitrary<T>, rule: (value: T) => boolean, runs = 300): void {
  const { failed, counterexample, seed, counterexamplePath, errorInstance } = fc.check(
    fc.property(arbitrary, rule),
    { numRuns: runs },
  )
  if (!failed) return
  const value = toJsonText(counterexample?.[0])
  throw new Error(`does not hold for ${value} (seed ${seed}, path ${counterexamplePath})`, {
    cause: errorInstance,
  })
}
