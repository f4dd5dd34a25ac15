// For tools that prove completeness: they compare a state's counts by hour with those of Asana or a store.

// For alarms: whether events stopped coming, judged by the same counts.
export {
  type AlarmState,
  type DropOff,
  type DropOffLimits,
  judgeDropOff,
  noDropOffYet,
  type Seen,
} from './drop-off/drop-off.ts'
export { type Calendar, type LearnedHours, type LearnOptions, learnHours } from './drop-off/learned-hours.ts'
export { hourMs } from './duration.ts'
export type { HourSpan, LedgerContent, LedgerHour, LedgerKind } from './ledger-hour.ts'
export { contentHash } from './state/content-hash.ts'
export { openEnd, openStart, withSpan } from './state/hour-spans.ts'
export { hourOf, ledgerDelta } from './state/ledger.ts'
export { type ContentComparison, type ReconciledHour, reconcile } from './state/reconcile.ts'
