import type { AuditLogFilters } from '@asana-audit/core'
import type { Problem, Warning } from '../terminal/problem.ts'
import { unknownName } from '../terminal/unknown-name.ts'
import type { PipelineDocument } from './pipeline-document.ts'

/**
 * What is filtered by. An event type that is near to a known one is mistyped, and would deliver nothing for ever. One that is
 * near to none may be newer than this version, which a `?` at the end says of any.
 */
export function readFilters(
  { filters = {} }: PipelineDocument,
  place: (path: string) => string,
  problems: Problem[],
  warnings: Warning[],
): AuditLogFilters {
  const written = filters.event_type
  const isList = Array.isArray(written)
  for (const [index, one] of [written ?? []].flat().entries()) {
    const unknown = one.endsWith('?') ? undefined : unknownName('event type', one)
    if (unknown?.nearest !== undefined) {
      const message = `${unknown.message} Correct it, or write "${one}?" for an event type newer than this version.`
      problems.push({ setting: place(`filters.event_type${isList ? `[${index}]` : ''}`), message })
    } else if (unknown) {
      const message = `The filter event_type: ${unknown.message} Nothing is delivered of it as long as Asana has no such events.`
      warnings.push({ code: 'unknown_event_type', message })
    }
  }
  return {
    eventType: typeof written === 'string' ? unmarked(written) : written?.map(unmarked),
    actorType: filters.actor_type,
    actorGid: filters.actor_gid,
    actorEmail: filters.actor_email,
    resourceGid: filters.resource_gid,
  }
}

function unmarked(name: string): string {
  return name.replace(/\?$/, '')
}
