import { expect, test } from 'vitest'
import { createDetector, shippedRules } from '../src/index.ts'

test.each([
  [{ rules: [], lateness: 5 }, 'createDetector has no option "lateness"'],
  [{ rules: shippedRules }, 'must be a list, as await shippedRules() gives it'],
  [{ rules: shippedRules() }, 'must be a list, as await shippedRules() gives it'],
])('options that cannot be meant are refused', (given, says) => {
  expect(() => createDetector(given as never)).toThrow(says)
})
