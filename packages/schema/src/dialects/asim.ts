export type { AsimEvent } from './asim/asim-event.ts'
export { type AsimRuleOptions, asimCollectionRule, asimTable } from './asim/collection-rule.ts'
export { type AsimOptions, toAsim } from './asim/to-asim.ts'
