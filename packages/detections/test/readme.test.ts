import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { withRuleTable } from '../../../scripts/detections/rule-table.ts'
import { shippedRules, supportedModifiers } from '../src/index.ts'
import { correlationTypes } from '../src/rule.ts'

const readme = readFileSync(join(import.meta.dirname, '../README.md'), 'utf8')

test('the table of rules is that of the files', async () => {
  expect(withRuleTable(readme, await shippedRules())).toBe(readme)
})

test('every modifier and type of correlation there is stands in the README', () => {
  const named = [...readme.matchAll(/`([^`]+)`/g)].map(([, code]) => code)
  expect(supportedModifiers.filter((name) => !named.includes(name))).toEqual([])
  expect(correlationTypes.filter((name) => !named.includes(name))).toEqual([])
})
