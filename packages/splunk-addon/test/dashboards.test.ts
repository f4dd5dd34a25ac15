import { generateEvents } from '@asana-audit/simulator'
import { describe, expect, test } from 'vitest'
import { addonFiles } from '../src/addon-files.ts'
import { parseConf } from '../src/conf.ts'
import { deliver, formats, workspace } from './splunk/deliver.ts'
import type { Fields } from './splunk/fields.ts'
import { panelSearches } from './splunk/panel-searches.ts'
import { runSearch } from './splunk/run-search.ts'
import { SearchTime } from './splunk/search-time.ts'

const files = addonFiles()
const splunk = new SearchTime(files)
const macros = parseConf(files.get('default/macros.conf') as string)
const until = Date.parse('2026-03-15T00:00:00Z')

/** A week in which everything the catalogue knows happens, one event comes twice, and one is of a new type. */
async function week(format: 'asana' | 'otel'): Promise<Fields[]> {
  const events = generateEvents({ count: 300, from: until - 7 * 86_400_000, until })
  const [first, second] = events
  if (!first || !second) throw new Error('no events')
  const fresh = { ...second, event_type: 'moat_filled', gid: `${second.gid}0` }
  const delivered = await deliver([...events, first, fresh], formats[format])
  return delivered.map((event) => splunk.fields(event))
}

/** Half of the addresses are in one country and half in another. */
function placesOf(events: readonly Fields[]): Record<string, Record<string, string | number>> {
  const addresses = new Set(events.flatMap((event) => event.get('src') ?? []))
  const countries = ['Germany', 'Japan']
  return Object.fromEntries(
    [...addresses].map((address, at) => [
      address,
      { Country: countries[at % 2] as string, City: 'Town', lat: at, lon: at },
    ]),
  )
}

describe.each(['asana', 'otel'] as const)('in the format %s', (format) => {
  test('every panel of every dashboard has something to show for a week, and nothing for another workspace', async () => {
    const events = await week(format)
    const options = { macros, now: until / 1000, earliest: '-7d', places: placesOf(events) }
    const panels = panelSearches(files)
    expect(panels.size).toBeGreaterThan(30)
    for (const [place, query] of panels) {
      const found = (chosen: string) => runSearch(query.replaceAll('$workspace$', chosen), events, options)
      const shown = found(workspace)
        .flatMap((row) => [...row.values()].flat())
        .filter((value) => value !== '0')
      expect([place, shown.length > 0]).toEqual([place, true])
      expect([place, found('*')]).toEqual([place, found(workspace)])
      const elsewhere = found('1')
        .flatMap((row) => [...row.values()].flat())
        .filter((value) => value !== '0')
      if (!place.endsWith('menu')) expect([place, elsewhere]).toEqual([place, []])
    }
  })

  test('the overview counts an event that came twice once, and feed health says so', async () => {
    const events = await week(format)
    const options = { macros, now: until / 1000, earliest: '-7d' }
    const value = (place: string) =>
      runSearch(
        panelSearches(files).get(place)?.replaceAll('$workspace$', '*') ?? '',
        events,
        options,
      ).flatMap((row) => [...row.values()].flat())
    expect(value('asana_overview.xml: Events')).toEqual(['301'])
    expect(value('asana_overview.xml: Events of unknown type')).toEqual(['1'])
    expect(value('asana_feed_health.xml: Repeats')).toEqual(['1'])
  })
})
