import type { RuleFile } from './read-rules.ts'
import { ruleFiles, shippedRulesFolder } from './rule-files.ts'

/** The texts of the rules of this package. In the single executable of the command they are a part of it. */
export function shippedRuleFiles(): Promise<RuleFile[]> {
  return ruleFiles(shippedRulesFolder)
}
