export { createDetector, type Detector, type DetectorOptions, type Hit } from './detector.ts'
export type { ValueForm } from './first-seen/value-form.ts'
export { isAtLeast, type Level, levels } from './level.ts'
export { supportedModifiers } from './match/modifiers.ts'
export { type ReadRules, type RuleFile, readRules } from './read/read-rules.ts'
export type {
  AboutRule,
  CorrelationRule,
  CorrelationType,
  EventRule,
  FirstSeenRule,
  Rule,
  RuleProblem,
} from './rule.ts'
export { ruleFiles, shippedRulesFolder } from './read/rule-files.ts'
export { shippedRuleFiles } from './read/shipped-rule-files.ts'
export { shippedRules } from './read/shipped-rules.ts'
