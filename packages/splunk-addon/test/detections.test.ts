import searches from '@asana-audit/detections/splunk-searches.json' with { type: 'json' }
import { describe, expect, test } from 'vitest'
import { readSamples, sampleEvents } from '../../detections/test/sample-events.ts'
import { addonFiles } from '../src/addon-files.ts'
import { parseConf } from '../src/conf.ts'
import { deliver, formats } from './splunk/deliver.ts'
import { runSearch } from './splunk/run-search.ts'
import type { Row } from './splunk/search-options.ts'
import { SearchTime } from './splunk/search-time.ts'

const files = addonFiles()
const splunk = new SearchTime(files)
const macros = parseConf(files.get('default/macros.conf') as string)
const alerts = parseConf(files.get('default/savedsearches.conf') as string)

describe.each(['asana', 'otel'] as const)('in the format %s', (format) => {
  test.each(searches)('the alert of $rule finds what the rule finds', async ({ rule, title }) => {
    const alert = alerts.get(`Asana - ${title}`)
    const { fires, quiet } = readSamples(`${rule}.yml`)
    const found = async (lines: Parameters<typeof sampleEvents>[0]): Promise<Row[]> => {
      const events = (await deliver(sampleEvents(lines), formats[format])).map((event) =>
        splunk.fields(event),
      )
      const newest = Math.max(...events.map((event) => Number(event.get('_time')?.[0])))
      const options = { macros, now: newest + 1, earliest: '-30d' }
      return runSearch(alert?.get('search') ?? '', events, options)
    }
    for (const [sample, lines] of Object.entries(fires)) {
      expect([sample, await found(lines)]).toEqual([sample, [expect.any(Map)]])
    }
    for (const [sample, lines] of Object.entries(quiet))
      expect([sample, await found(lines)]).toEqual([sample, []])
  })
})

test('an alert comes once for an incident: it is suppressed for as long as its search looks back', () => {
  for (const { title, groupBy } of searches) {
    const alert = alerts.get(`Asana - ${title}`)
    expect(alert?.get('dispatch.earliest_time')).toBe(`-${alert?.get('alert.suppress.period')}@m`)
    expect(alert?.get('alert.suppress.fields')).toBe((groupBy ?? ['gid']).join(','))
    expect(alert?.get('search')).toContain(groupBy?.[0] ?? 'gid')
  }
})
