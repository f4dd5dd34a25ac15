import type { HecEvent } from '@asana-audit/splunk-hec'
import type { Finding } from '../progress/finding/finding.ts'
import { FindingItem } from './finding-item.ts'
import { type FindingOrigin, findingJson } from './finding-object.ts'

/** Of the add-on too. It is not that of events, also where the user names another for these. */
const sourcetype = 'asana:audit:finding'

/** A finding as an event of Splunk, with the time of the finding and a sourcetype and indexed fields of its own. */
function findingHecEvent(finding: Finding, origin: FindingOrigin): HecEvent {
  const { id, rule, at } = finding
  return {
    ...{ timeMs: at, sourcetype, event: findingJson(finding, origin) },
    fields: { asana_finding_id: id, asana_finding_rule: rule.id, asana_finding_level: rule.level },
  }
}

/** Writes findings in their own form, and everything else as before. */
export function eitherHecEvent<T>(
  toHecEvent: (event: T) => HecEvent,
  origin: FindingOrigin,
): (item: T) => HecEvent {
  return (item) => (item instanceof FindingItem ? findingHecEvent(item.finding, origin) : toHecEvent(item))
}
