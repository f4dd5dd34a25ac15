import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { appManifest } from '../../../scripts/splunk-input/app-manifest.ts'
import { parseConf } from '../../splunk-addon/src/conf.ts'
import { eventSource } from '../src/index.ts'

const folder = join(import.meta.dirname, '../app/package/default')
const conf = (name: string) => parseConf(readFileSync(join(folder, `${name}.conf`), 'utf8'))

test('Splunk cuts no event, whatever sourcetype the input has: the app parses by the source', () => {
  const stanza = conf('props').get(`source::${eventSource}`)
  expect(stanza?.get('TRUNCATE')).toBe('0')
})

test('the time of an event is found by the same settings as in the add-on for search heads', () => {
  const other = readFileSync(join(import.meta.dirname, '../../splunk-addon/app/default/props.conf'), 'utf8')
  const [stanza] = conf('props').values()
  for (const name of ['TIME_PREFIX', 'TIME_FORMAT', 'MAX_TIMESTAMP_LOOKAHEAD', 'LINE_BREAKER'])
    expect(other).toContain(`${name} = ${stanza?.get(name)}\n`)
})

test('the text that the manifest names for an administrator is in the app, and names its pages', () => {
  const { info } = appManifest('1.2.3') as { info: { releaseNotes: { text: string } } }
  const text = readFileSync(join(folder, '..', info.releaseNotes.text), 'utf8')
  for (const page of ['Configuration', 'Inputs', 'Health of the inputs']) expect(text).toContain(page)
})

test('no alert runs before it is enabled, and each says what it is about', () => {
  for (const [name, alert] of conf('savedsearches')) {
    expect(alert.get('disabled'), name).toBe('1')
    expect(alert.get('description'), name).toBeTruthy()
  }
})
