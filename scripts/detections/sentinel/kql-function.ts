import { sectionFields } from '../../../packages/schema/src/event/event-fields.ts'
import {
  ATTR_ASANA_AUDIT_DETAILS,
  ATTR_ASANA_AUDIT_EVENT_CATEGORY,
} from '../../../packages/schema/src/semconv.ts'

/** The function that the queries begin with: events in the tables of ASIM, each once, with the names that Asana gives their parts. */
export function kqlFunction(): string {
  const column = (attribute: string): string => `AdditionalFields["${attribute}"]`
  const parts = [...sectionFields].map(([section, fields]) => {
    const members = [...fields].map(([name, { attribute }]) => `"${name}", ${column(attribute)}`)
    return `    ${section} = bag_pack(${members.join(', ')})`
  })
  return `// Events of Asana's audit log with the names that Asana gives their parts. Save it as a function with the name AsanaAudit.
// Made by \`pnpm generate:detections\`: do not edit.
union isfuzzy=true ASimAuditEventLogs, ASimAuthenticationEventLogs, ASimUserManagementActivityLogs
| where EventVendor == "Asana" and EventProduct == "Asana"
// Delivery is at least once.
| summarize arg_min(TimeGenerated, *) by EventOriginalUid
| extend
    gid = EventOriginalUid,
    created_at = EventStartTime,
    event_type = EventOriginalType,
    event_category = tostring(${column(ATTR_ASANA_AUDIT_EVENT_CATEGORY)}),
${parts.join(',\n')},
    details = parse_json(tostring(${column(ATTR_ASANA_AUDIT_DETAILS)}))
`
}
