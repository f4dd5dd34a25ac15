import { expect, test } from 'vitest'
import { createDetector, shippedRules } from '../src/index.ts'

test.each([
  [{ rules: [], lateness: 5 }, 'createDetector has no option "lateness"'],
  [{ rules: shippedRules }, 'must be a list, such as await shippedRules()'],
  [{ rules: shippedRules() }, 'must be a list, such as await shippedRules()'],
])('options that cannot be meant are refused', (given, says) => {
  expect(() => createDetector(given as never)).toThrow(says)
})
