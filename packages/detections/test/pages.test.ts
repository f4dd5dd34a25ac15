import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { withRuleTable } from '../../../scripts/detections/rule-table.ts'
import { shippedRules, supportedModifiers } from '../src/index.ts'
import { correlationTypes } from '../src/rule.ts'

const read = (page: string): string => readFileSync(join(import.meta.dirname, '..', page), 'utf8')
const readme = read('README.md')

test('the table on the page of rules is the same as the rule files', async () => {
  const page = read('docs/rules.md')
  expect(withRuleTable(page, await shippedRules())).toBe(page)
})

test('the page about writing rules has every modifier and type of correlation', () => {
  const named = [...read('docs/sigma.md').matchAll(/`([^`\n]+)`/g)].map(([, code]) => code)
  expect(supportedModifiers.filter((name) => !named.includes(name))).toEqual([])
  expect(correlationTypes.filter((name) => !named.includes(name))).toEqual([])
})

test('the example of the README prints what the README says', async () => {
  const example = /```ts\n(.*?)```/s.exec(readme)?.[1] ?? ''
  const args = ['--input-type=module-typescript', '--eval', example]
  const { stdout } = await promisify(execFile)(process.execPath, args, {
    cwd: join(import.meta.dirname, '..'),
  })
  expect(readme).toContain(`It prints \`${stdout.trim()}\`.`)
})
