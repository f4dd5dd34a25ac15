import { XMLValidator } from 'fast-xml-parser'
import { expect, test } from 'vitest'
import packageJson from '../package.json' with { type: 'json' }
import { addonFiles, addonId } from '../src/addon-files.ts'
import { type Conf, parseConf } from '../src/conf.ts'
import { parseCsv } from './splunk/csv-reader.ts'
import { expandMacros } from './splunk/pipeline.ts'

// What Splunk's own inspection asks for and more, so that it is known where there is no Python, too.

const files = addonFiles()
const conf = (name: string): Conf => parseConf(files.get(`default/${name}.conf`) as string)
const paths = [...files.keys()]
const views = paths.filter((path) => path.startsWith('default/data/ui/views/'))

test('it has only configuration, and nothing in it opens an input, sends data elsewhere or sets limits', () => {
  const confs = paths.filter((path) => path.endsWith('.conf')).map((path) => path.replace('default/', ''))
  expect(confs.sort()).toEqual(
    ['app', 'eventtypes', 'fields', 'macros', 'props', 'savedsearches', 'tags', 'transforms'].map(
      (name) => `${name}.conf`,
    ),
  )
  expect(paths.filter((path) => !/\.(conf|xml|csv|meta|md)$|^LICENSE$/.test(path))).toEqual([])
  expect(paths.filter((path) => /^local|(^|\/)\.|\.\./.test(path))).toEqual([])
})

test('every .conf file can be read, has no [default] stanza and nothing left to fill in', () => {
  for (const path of paths) {
    const text = files.get(path) as string
    expect(text).not.toContain('{{')
    if (!path.endsWith('.conf') && !path.endsWith('.meta')) continue
    const stanzas = parseConf(text.replace('[]', '[everything]'))
    expect(stanzas.size).toBeGreaterThan(0)
    expect([...stanzas.keys()]).not.toContain('default')
  }
})

test('its name is the same everywhere, and its version that of the package', () => {
  const app = conf('app')
  expect(app.get('package')?.get('id')).toBe(addonId)
  expect(app.get('id')?.get('name')).toBe(addonId)
  expect(app.get('launcher')?.get('version')).toBe(packageJson.version)
  expect(app.get('id')?.get('version')).toBe(packageJson.version)
  expect(app.get('install')).toEqual(new Map([['is_configured', 'false']]))
  expect(app.get('ui')?.get('label')).not.toMatch(/^Splunk|app for splunk/i)
})

test('nothing runs by itself: what has a schedule is disabled, throttled, and looks at the past', () => {
  const scheduled = [...conf('savedsearches')].filter(
    ([, one]) => one.has('cron_schedule') || one.has('enableSched'),
  )
  expect(scheduled.length).toBeGreaterThan(0)
  for (const [name, one] of scheduled) {
    expect([name, one.get('disabled')]).toEqual([name, '1'])
    expect(one.get('alert.suppress') ?? one.get('relation')).toBeDefined()
    expect(one.get('dispatch.earliest_time')).toMatch(/^-/)
  }
  for (const one of conf('savedsearches').values()) {
    expect(one.get('search')).toBeTruthy()
    expect(one.get('description')).toBeTruthy()
    expect([...one].filter(([, value]) => /^rt/.test(value))).toEqual([])
  }
})

test('every macro that is used exists, and every macro that exists is used', () => {
  const macros = conf('macros')
  const texts = paths.filter((path) => /\.(xml|conf)$/.test(path)).map((path) => files.get(path) as string)
  const named = new Set(texts.flatMap((text) => [...text.matchAll(/`[^`\n]+`/g)].map(([call]) => call)))
  for (const call of named) expect(expandMacros(call, macros)).not.toContain('`')
  const names = new Set([...named].map((call) => /\w+/.exec(call)?.[0]))
  expect(names).toEqual(new Set([...macros.keys()].map((name) => name.replace(/\(\d\)$/, ''))))
})

test('every event type has a search, and every tag is in CIM', () => {
  for (const stanza of conf('eventtypes').values()) expect(stanza.get('search')).toBeTruthy()
  const tags = [...conf('tags').values()].flatMap((stanza) => [...stanza.keys()])
  expect(new Set(tags)).toEqual(new Set(['access', 'account', 'alert', 'authentication', 'change', 'data']))
})

test('every lookup has its file, and the file has every column that is used', () => {
  const transforms = conf('transforms')
  const lookups = [...(conf('props').get('asana:audit') ?? [])].filter(([name]) => name.startsWith('LOOKUP-'))
  expect(lookups.length).toBeGreaterThan(0)
  for (const [, setting] of lookups) {
    const [, transform = '', input = '', outputs = ''] =
      /^(\w+) (\w+) OUTPUT(?:NEW)? (.+)$/.exec(setting) ?? []
    const rows = parseCsv(files.get(`lookups/${transforms.get(transform)?.get('filename')}`) as string)
    const columns = outputs.replaceAll(/ AS \w+/g, '').split(' ')
    expect(Object.keys(rows[0] ?? {})).toEqual(expect.arrayContaining([input, ...columns]))
  }
})

test('every dashboard is XML of version 1.1, in the menu, and has a time to choose', () => {
  expect(views.length).toBe(6)
  const nav = files.get('default/data/ui/nav/default.xml') as string
  for (const path of views) {
    const text = files.get(path) as string
    expect([path, XMLValidator.validate(text)]).toEqual([path, true])
    expect(text).toMatch(/^<form version="1\.1"/)
    expect(text).toContain('<input type="time" token="time">')
    expect(nav).toContain(`"${path.replace(/.*\/(\w+)\.xml/, '$1')}"`)
  }
})

test('other apps can use the sourcetype, the fields and the lookup, but not the dashboards', () => {
  const meta = parseConf((files.get('metadata/default.meta') as string).replace('[]', '[everything]'))
  const exported = [...meta].filter(([, one]) => one.get('export') === 'system').map(([name]) => name)
  expect(exported.sort()).toEqual([
    'eventtypes',
    'fields',
    'lookups',
    'macros',
    'props',
    'tags',
    'transforms',
  ])
})

test('only our own names are declared as indexed, because a declaration affects the data of all apps', () => {
  for (const name of conf('fields').keys()) expect(name).toMatch(/^asana[._]/)
})
