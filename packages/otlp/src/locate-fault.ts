import type { Fault } from '@asana-audit/core'

/** Adds to a request's fault where in the write that request stands. */
export function locateFault(fault: Fault, accepted: number, records: number): Fault {
  const mayBeOneRecord = fault.fault === 'rejected' || fault.isolateAfter !== undefined
  return Object.assign(fault, { accepted, ...(mayBeOneRecord && { affected: records }) })
}
