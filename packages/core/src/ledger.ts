// For tools that prove completeness: they compare a state's counts by hour with those of Asana or a store.

export { hourMs } from './duration.ts'
export type { HourSpan, LedgerHour, LedgerKind } from './ledger-hour.ts'
export { openEnd, openStart, withSpan } from './state/hour-spans.ts'
export { hourOf, ledgerDelta } from './state/ledger.ts'
export { type ReconciledHour, reconcile } from './state/reconcile.ts'
