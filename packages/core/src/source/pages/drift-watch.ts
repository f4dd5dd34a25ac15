import { type AuditLogEvent, applyFieldPolicy, type Drift, type FieldPolicy } from '@asana-audit/schema'
import type { OnFact } from '../../fact.ts'

/** Limits memory. More would mean that values such as ids or names are wrongly reported as drift. */
const mostSights = 1_000

/**
 * Reports each unknown type, field and value once: the catalogue is a snapshot, and Asana adds types without warning. Even the
 * name of a field may be the name of a person, so the field policy is applied to the report too.
 */
export function driftWatch(
  onFact: OnFact | undefined,
  policy: FieldPolicy,
): (event: AuditLogEvent, drift: readonly Drift[]) => void {
  const seen = new Set<string>()
  if (!onFact) return () => {}
  return (event, drift) => {
    for (const { kind, path, value } of drift) {
      const key = `${kind} ${path} ${value ?? ''}`
      if (seen.has(key) || seen.size >= mostSights) continue
      seen.add(key)
      // The policy needs the people of the event, to find their names in what is reported.
      const { actor, resource } = event
      const { sight } = applyFieldPolicy({ actor, resource, sight: { path, value } }, policy)
      onFact({ type: 'first_sight', kind, ...sight, id: event.gid })
    }
  }
}
