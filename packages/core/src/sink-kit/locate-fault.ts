import type { Fault } from '../fault.ts'

/**
 * Adds to a request's fault where in the write that request stands: `before` records are safe already, `records` are in
 * it. What the fault itself counts, it counts from the start of its request.
 */
export function locateFault(fault: Fault, before: number, records: number): Fault {
  const { accepted = 0 } = fault
  const located = Object.assign(fault, { accepted: before + accepted })
  if (located.fault !== 'rejected') return located
  if (typeof located.at === 'number') return Object.assign(located, { at: before + located.at })
  return Object.assign(located, { affected: located.affected ?? records - accepted })
}
