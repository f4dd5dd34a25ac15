import type { AuditLogFilters } from '@asana-audit/core'
import type { Problem, Warning } from '../../terminal/problem.ts'
import { unknownName } from '../../terminal/unknown-name.ts'
import type { PipelineDocument } from './pipeline-document.ts'

/**
 * Reads the filters. An event type that is similar to a known one is a typing mistake and would never deliver anything. Any other
 * unknown type may be newer than this version. A `?` at the end of a type says that it is meant.
 */
export function readFilters(
  { filters = {} }: PipelineDocument,
  settingName: (path: string) => string,
  problems: Problem[],
  warnings: Warning[],
): AuditLogFilters {
  const written = filters.event_type
  const isList = Array.isArray(written)
  for (const [index, one] of [written ?? []].flat().entries()) {
    const unknown = one.endsWith('?') ? undefined : unknownName('event type', one)
    if (unknown?.nearest !== undefined) {
      const message = `${unknown.message} Correct it, or write "${one}?" if the event type is newer than this version.`
      problems.push({ setting: settingName(`filters.event_type${isList ? `[${index}]` : ''}`), message })
    } else if (unknown) {
      const message = `The filter event_type: ${unknown.message} It delivers nothing until Asana has such events.`
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
