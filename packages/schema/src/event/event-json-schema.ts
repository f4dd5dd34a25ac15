import * as z from 'zod'
import { auditLogEvent, documentation } from './event.ts'

export type JsonSchema = { [keyword: string]: unknown }

const comment =
  'Only gid, created_at, event_type and actor are checked. Each other part has the documented type in one branch ' +
  'and anything at all in the other, as what Asana changes one day passes through whole.'

/**
 * The schema of an event as JSON Schema 2020-12. It refuses what `parseAuditLogEvent` refuses, except that most
 * validators do not check `format: date-time`.
 */
export function auditLogEventJsonSchema(): JsonSchema {
  return {
    title: 'Asana audit log event',
    $comment: comment,
    ...convert(auditLogEvent),
  }
}

function convert(schema: z.ZodType): JsonSchema {
  return z.toJSONSchema(schema, {
    target: 'draft-2020-12',
    override: ({ zodSchema, jsonSchema }) => {
      const { documented, ...keywords } = documentation.get(zodSchema) ?? {}
      Object.assign(jsonSchema, keywords)
      if (!documented) return
      const { $schema, anyOf, ...shape } = convert(documented)
      Object.assign(jsonSchema, { anyOf: [...(Array.isArray(anyOf) ? anyOf : [shape]), {}] })
    },
  })
}
