import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { AuditLogEvent } from '@asana-audit/schema'
import { apiAuthenticationMethods, contextTypes } from '@asana-audit/schema/mapping'
import { expect, test } from 'vitest'
import samples from '../../schema/test/fixtures/sample-events.json' with { type: 'json' }
import { addonFiles } from '../src/addon-files.ts'
import { type Conf, parseConf } from '../src/conf.ts'
import { detailNames } from '../src/detail-names.ts'
import { carriers } from '../src/field-settings.ts'
import { parseCsv } from './splunk/csv-reader.ts'
import { deliver, formats } from './splunk/deliver.ts'
import { searchTerms } from './splunk/event-search.ts'
import { panelSearches } from './splunk/panel-searches.ts'
import { expandMacros } from './splunk/pipeline.ts'
import { missingFields } from './splunk/search-fields.ts'
import { SearchTime } from './splunk/search-time.ts'
import { wildcard } from './splunk/wildcard.ts'

const files = addonFiles()
const conf = (name: string): Conf => parseConf(files.get(`default/${name}.conf`) as string)
const macros = conf('macros')

/** Every search of the add-on, by the place it is in. */
function searches(): Map<string, string> {
  // A token stands for a text that a person chooses.
  const panels = [...panelSearches(files)].map(
    ([place, query]) => [place, query.replaceAll(/\$[\w.]+\$/g, 'chosen')] as const,
  )
  const saved = [...conf('savedsearches')].map(
    ([name, stanza]) => [name, stanza.get('search') as string] as const,
  )
  return new Map([...panels, ...saved])
}

/** A sample for every field of the event that Asana documents. */
const everything = {
  ...samples[0],
  actor: { actor_type: 'user', gid: '1', name: 'Ada', email: 'ada@example.com' },
  resource: { resource_type: 'user', resource_subtype: 'x', gid: '2', name: 'Bob', email: 'bob@example.com' },
  context: {
    context_type: 'api',
    api_authentication_method: 'oauth',
    client_ip_address: '192.0.2.1',
    user_agent: 'x',
    oauth_app_name: 'x',
    rule_name: 'x',
    on_behalf_of_user_id: 3,
  },
  details: {
    method: ['SAML'],
    saml_response: 'x',
    old_value: 'a',
    new_value: 'b',
    group: { gid: '4', name: 'x', resource_type: 'workspace' },
    app_type: 'x',
    app_gid: '5',
    app_name: 'x',
    app_url: 'x',
  },
} as AuditLogEvent

/** The fields an event can have in every format. */
async function commonFields(): Promise<Set<string>> {
  const splunk = new SearchTime(files)
  const events = [...(samples as unknown as AuditLogEvent[]), everything]
  const byFormat = await Promise.all(
    Object.values(formats).map(async (map) => {
      const delivered = await deliver(events, map)
      return new Set(delivered.flatMap((event) => [...splunk.fields(event).keys()]))
    }),
  )
  const [first = new Set<string>(), ...others] = byFormat
  return new Set([...first].filter((name) => others.every((other) => other.has(name))))
}

test('every field of the event that Asana documents has its name in every format', async () => {
  const fields = await commonFields()
  const names = [...carriers.values(), ...detailNames.map(({ name }) => name)]
  // The field policy drops it by default.
  expect(names.filter((name) => !fields.has(name))).toEqual(['details.saml_response'])
})

test('every search names only fields that the events have in every format, or that it has made itself', async () => {
  const fields = await commonFields()
  const all = searches()
  expect(all.size).toBeGreaterThan(30)
  const missing = [...all].flatMap(([place, search]) =>
    missingFields(search, fields, macros).map((name) => `${place}: ${name}`),
  )
  expect(missing).toEqual([])
})

test('every event type names only such fields, and every tag an event type', async () => {
  const fields = await commonFields()
  const eventtypes = conf('eventtypes')
  for (const [, stanza] of eventtypes) {
    for (const [name] of searchTerms(stanza.get('search') as string)) expect(fields).toContain(name)
  }
  for (const name of conf('tags').keys())
    expect([...eventtypes.keys()]).toContain(name.slice('eventtype='.length))
})

test('the search of the README is the one of the report', () => {
  const readme = readFileSync(join(import.meta.dirname, '../README.md'), 'utf8')
  const search = /```spl\n([\s\S]+?)\n```/.exec(readme)?.[1]
  const report = conf('savedsearches').get('Asana - Who exported the workspace, and what else they did')
  expect(search).toBe(report?.get('search')?.replaceAll(' \n', '\n'))
})

test('every value that a search asks for exists', () => {
  const rows = parseCsv(files.get('lookups/asana_event_types.csv') as string)
  const column = (name: string) => rows.map((row) => row[name] as string)
  const values: Record<string, readonly string[]> = {
    event_type: column('event_type'),
    event_category: column('event_category'),
    asana_family: column('family'),
    asana_known_type: column('known'),
    asana_cim_dataset: column('cim_dataset'),
    asana_relevance: column('relevance'),
    action: column('action'),
    'context.context_type': contextTypes,
    'context.api_authentication_method': apiAuthenticationMethods,
  }
  let asked = 0
  const unknown: string[] = []
  for (const [place, search] of searches()) {
    const terms = expandMacros(search, macros).matchAll(
      /([\w.]+)\s*(?:==|!=|=|\sIN\s)\s*(\([^)]*\)|"[^"]*"|\w+)/g,
    )
    for (const [term, name = '', list = ''] of terms) {
      const known = values[name]
      if (!known) continue
      for (const value of list.replaceAll(/[()"]/g, '').split(/,\s*/)) {
        // What Splunk has for a JSON null: a search leaves it out.
        if (value === 'null') continue
        asked += 1
        if (!known.some((one) => wildcard(value).test(one))) unknown.push(`${place}: ${term}`)
      }
    }
  }
  expect(asked).toBeGreaterThan(100)
  expect(unknown).toEqual([])
})
