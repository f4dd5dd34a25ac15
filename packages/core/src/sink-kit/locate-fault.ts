import type { Fault } from '../fault.ts'

/**
 * Converts the fault of a request into a fault of the whole write: `before` records are already safe, `records` are in the request.
 * The fault's own numbers count from the start of its request.
 */
export function locateFault(fault: Fault, before: number, records: number): Fault {
  const { accepted = 0 } = fault
  const located = Object.assign(fault, { accepted: before + accepted })
  if (located.fault !== 'rejected') return located
  if (typeof located.at === 'number') return Object.assign(located, { at: before + located.at })
  return Object.assign(located, { affected: located.affected ?? records - accepted })
}
