// For tools that prove completeness: what a state counted by hour, against what Asana or a store has.

export { hourMs } from './duration.ts'
export { type HourSpan, openEnd, openStart, withSpan } from './state/hour-spans.ts'
export { hourOf, type LedgerHour, type LedgerKind, ledgerDelta } from './state/ledger.ts'
export { type ReconciledHour, reconcile } from './state/reconcile.ts'
