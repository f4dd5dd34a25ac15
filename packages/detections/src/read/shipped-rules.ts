import type { Rule } from '../rule.ts'
import { readRules } from './read-rules.ts'
import { shippedRuleFiles } from './shipped-rule-files.ts'

/** The rules of this package, ready to run. */
export async function shippedRules(): Promise<readonly Rule[]> {
  const read = readRules(await shippedRuleFiles())
  if ('rules' in read) return read.rules
  throw new Error(read.problems.map(({ file, message }) => `${file}: ${message}`).join('\n'))
}
