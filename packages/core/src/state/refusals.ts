import type { QuarantineEntry } from '../contract.ts'

/** How many of these events it was the destination that refused, but for those it refused while it took newer ones. */
export function refusals(quarantined: readonly QuarantineEntry[]): number {
  return quarantined.filter(({ kind, code }) => kind === 'rejected' && code !== 'too_old').length
}
