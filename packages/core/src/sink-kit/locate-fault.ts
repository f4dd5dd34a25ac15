import type { Fault } from '../fault.ts'

/**
 * Adds to a request's fault where in the write that request stands: `before` records are safe already, `records` are in
 * it. What the fault itself counts, it counts from the start of its request.
 */
export function locateFault(fault: Fault, before: number, records: number): Fault {
  const { accepted = 0, at, affected = records - accepted, isolateAfter } = fault
  const named = typeof at === 'number'
  const oneOfMany = !named && (fault.fault === 'rejected' || isolateAfter !== undefined)
  return Object.assign(fault, {
    accepted: before + accepted,
    ...(named && { at: before + at }),
    ...(oneOfMany && { affected }),
  })
}
