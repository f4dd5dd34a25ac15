import type { AuditLogEvent } from '@asana-audit/schema'
import { jsonFields } from '../../splunk-addon/test/splunk/json-fields.ts'
import { runSearch } from '../../splunk-addon/test/splunk/run-search.ts'
import type { Row } from '../../splunk-addon/test/splunk/search-options.ts'

/** The events that a search finds, by the model of Splunk in the add-on. Throws a SyntaxError if the model does not know a part of it. */
export function splunkSearch(search: string, events: readonly AuditLogEvent[]): readonly Row[] {
  const times = events.map((event) => Date.parse(event.created_at) / 1_000)
  const found = events.map((event, at) => {
    const fields = jsonFields(JSON.stringify(event)) ?? new Map<string, string[]>()
    return new Map([...fields, ['_time', [String(times[at])]]])
  })
  const options = { macros: new Map(), now: Math.max(...times) + 1, earliest: '-30d' }
  return runSearch(search.replace('`asana_audit` ', ''), found, options)
}
