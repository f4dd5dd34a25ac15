import { generateEvents } from '@asana-audit/simulator'
import { expect, test } from 'vitest'
import { type Panel, panelsIn } from '../../../scripts/dashboards/panel.ts'
import { rows } from '../../../scripts/dashboards/rows.ts'
import { splunkField } from '../../../scripts/dashboards/splunk.ts'
import { countsBy, firstTimes, recordsOf } from '../../../test/support/dashboards/expected.ts'
import { storedRecords } from '../../../test/support/dashboards/records.ts'
import { addonFiles } from '../src/addon-files.ts'
import { parseConf } from '../src/conf.ts'
import { deliver, formats, workspace } from './splunk/deliver.ts'
import { panelSearches } from './splunk/panel-searches.ts'
import { runSearch } from './splunk/run-search.ts'
import type { Row } from './splunk/search-options.ts'
import { SearchTime } from './splunk/search-time.ts'

// The panels that all dashboards have, in a model of Splunk, against a count of the same events one by one.

const files = addonFiles()
const macros = parseConf(files.get('default/macros.conf') as string)
const until = Date.parse('2026-03-15T00:00:00Z')
const events = generateEvents({ count: 1_000, from: until - 7 * 86_400_000, until })
const records = storedRecords(events, workspace)

test.each(['asana', 'otel'] as const)(
  'in the format %s every panel shows what is there, counted once',
  async (format) => {
    const splunk = new SearchTime(files)
    const repeats = events.slice(0, 2)
    const delivered = await deliver([...events, ...repeats], formats[format])
    const indexed = delivered.map((event) => splunk.fields(event))
    const searches = panelSearches(files)
    for (const row of rows) {
      for (const panel of panelsIn(row, 'splunk')) {
        const query = searches.get(`asana_${row.id}.xml: ${panel.title}`) ?? ''
        const options = { macros, now: until / 1000, earliest: '-7d' }
        expectRight(panel, runSearch(query.replaceAll('$workspace$', '*'), indexed, options))
      }
    }
  },
)

function expectRight(panel: Panel, shown: readonly Row[]): void {
  const about = recordsOf(panel, records)
  expect(shown.length, panel.title).toBeGreaterThan(0)
  switch (panel.kind) {
    case 'stat':
      expect(
        shown.map((row) => row.get('count')),
        panel.title,
      ).toEqual([[String(about.length)]])
      break
    case 'list': {
      const times = about.map(({ time }) => time / 1000).toSorted((a, b) => b - a)
      expect(
        shown.map((row) => Number(row.get('_time')?.[0])),
        panel.title,
      ).toEqual(times)
      break
    }
    case 'time':
      expect(totals(shown, splunkField(panel.by)), panel.title).toEqual(countsBy(panel.by, about))
      break
    case 'top':
      expectSome(panel.title, numbers(shown, panel.by, 'count'), countsBy(panel.by, about))
      break
    case 'newest':
      expectSome(panel.title, numbers(shown, panel.by, 'first'), seconds(firstTimes(panel.by, about)))
      break
    case 'delay':
      throw new Error('not in Splunk')
  }
}

/** Of a chart over time: all spans together, without what lacks the field. */
function totals(shown: readonly Row[], field: string): Map<string, number> {
  const sums = new Map<string, number>()
  for (const row of shown) {
    const group = row.get(field)?.[0] ?? ''
    if (group !== 'null') sums.set(group, (sums.get(group) ?? 0) + Number(row.get('count')?.[0]))
  }
  return sums
}

function numbers(shown: readonly Row[], by: string, column: string): Map<string, number> {
  return new Map(shown.map((row) => [row.get(splunkField(by))?.[0] ?? '', Number(row.get(column)?.[0])]))
}

/** The add-on names those without an e-mail address otherwise: they are more than a count by address has. */
function expectSome(
  title: string,
  shown: ReadonlyMap<string, number>,
  all: ReadonlyMap<string, number>,
): void {
  const both = [...shown].filter(([group]) => all.has(group))
  expect(both.length, title).toBeGreaterThan(0)
  expect(both, title).toEqual(both.map(([group]) => [group, all.get(group)]))
  const least = Math.min(...shown.values())
  const left = [...all].filter(([group]) => !shown.has(group))
  expect(
    left.filter(([, number]) => number > least),
    title,
  ).toEqual([])
}

function seconds(times: ReadonlyMap<string, number>): Map<string, number> {
  return new Map([...times].map(([group, time]) => [group, time / 1000]))
}
