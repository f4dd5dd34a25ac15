import type { QuarantineEntry } from './contract.ts'

/** How many of these events it was the destination that refused. */
export function refusals(quarantined: readonly QuarantineEntry[]): number {
  return quarantined.filter(({ kind }) => kind === 'rejected').length
}
