import { type AuditLogEvent, drift } from '@asana-audit/schema'
import type { OnFact } from './contract.ts'

/** More would mean that values with an endless supply (ids, names) are taken for drift; memory stays bounded. */
const mostSights = 1_000

/** Reports each unknown type, field and value once: the catalogue is a snapshot, and Asana adds types without warning. */
export function driftWatch(onEvent: OnFact | undefined): (event: AuditLogEvent) => void {
  const seen = new Set<string>()
  if (!onEvent) return () => {}
  return (event) => {
    for (const { kind, path, value } of drift(event)) {
      const key = `${kind} ${path} ${value ?? ''}`
      if (seen.has(key) || seen.size >= mostSights) continue
      seen.add(key)
      onEvent({ type: 'first_sight', kind, path, value, id: event.gid })
    }
  }
}
