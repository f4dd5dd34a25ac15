import searches from '@asana-audit/detections/splunk-searches.json' with { type: 'json' }

type Detection = (typeof searches)[number]

/** Splunk's severities go from 1, debug, to 6, fatal. */
const severities: Readonly<Record<string, number>> = {
  informational: 2,
  low: 2,
  medium: 3,
  high: 4,
  critical: 5,
}

/** Events can be late: within this time Asana shows nearly all of them. */
const lateSeconds = 2 * 3600

/** The fields a person wants to see first, for every rule. */
const shown = ['_time', 'asana_actor', 'signature', 'object', 'object_attrs', 'src', 'asana_relevance', 'gid']

/** Stanzas of savedsearches.conf: the rules of `@asana-audit/detections`, each a disabled alert. */
export function detectionSearches(): string {
  return searches.map((detection, at) => stanza(detection, at)).join('\n\n')
}

function stanza(detection: Detection, at: number): string {
  const { rule, title, description, level, tags, search, timespanSeconds = 0, groupBy = ['gid'] } = detection
  // Several runs of a search see the same event and its incident; the alert must come only once.
  const minutes = (timespanSeconds + lateSeconds) / 60
  const techniques = tags.flatMap((tag) => /^attack\.(t[\d.]+)$/.exec(tag)?.[1]?.toUpperCase() ?? [])
  const columns = [...new Set([...shown, ...groupBy])]
  const settings = {
    description: `${description} ${[`Rule ${rule}`, ...techniques].join(', ')}.`,
    disabled: '1',
    enableSched: '1',
    // Spread over 15 minutes, so that not all run in the same minute.
    cron_schedule: `${at % 15}-59/15 * * * *`,
    'dispatch.earliest_time': `-${minutes}m@m`,
    'dispatch.latest_time': 'now',
    search: [...search, `| table ${columns.join(' ')}`].join(' \\\n'),
    counttype: 'number of events',
    relation: 'greater than',
    quantity: '0',
    'alert.track': '1',
    'alert.severity': String(severities[level] ?? 3),
    'alert.digest_mode': '0',
    'alert.suppress': '1',
    'alert.suppress.fields': groupBy.join(','),
    'alert.suppress.period': `${minutes}m`,
  }
  return [
    `[Asana - ${title}]`,
    ...Object.entries(settings).map(([name, value]) => `${name} = ${value}`),
  ].join('\n')
}
