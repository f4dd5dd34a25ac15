import type { QuarantineEntry } from '../quarantine-entry.ts'

/** How many of these events the destination rejected, except those it rejected as too old while it accepted newer ones. */
export function rejections(quarantined: readonly QuarantineEntry[]): number {
  return quarantined.filter(({ kind, code }) => kind === 'rejected' && code !== 'too_old').length
}
