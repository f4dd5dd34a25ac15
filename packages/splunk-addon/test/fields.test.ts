import type { AuditLogEvent } from '@asana-audit/schema'
import { relevanceOf } from '@asana-audit/schema/mapping'
import { expect, test } from 'vitest'
import samples from '../../schema/test/fixtures/sample-events.json' with { type: 'json' }
import { addonFiles } from '../src/addon-files.ts'
import { detailNames } from '../src/detail-names.ts'
import { carriers } from '../src/field-settings.ts'
import { deliver, type Format, formats, workspace } from './splunk/deliver.ts'
import type { Fields } from './splunk/fields.ts'
import { SearchTime } from './splunk/search-time.ts'

const splunk = new SearchTime(addonFiles())
const events = samples as unknown as readonly AuditLogEvent[]

const names = Object.keys(formats) as Format[]

async function fieldsOf(format: Format): Promise<Fields[]> {
  return (await deliver(events, formats[format])).map((event) => splunk.fields(event))
}

/** Asana's null is the word in Splunk where the event is JSON, and no field at all where it comes as attributes. */
function plain(fields: Fields, names: Iterable<string>): Record<string, readonly string[]> {
  const entries = [...names].map((name) => [name, fields.get(name)] as const)
  return Object.fromEntries(entries.filter(([, values]) => values && values.join() !== 'null')) as never
}

const ours = [
  'asana_actor',
  'asana_cim_dataset',
  'asana_event_key',
  'asana_family',
  'asana_known_type',
  'asana_meaning',
  'asana_relevance',
  'asana_target',
  'eventtype',
  'tag',
]
const cim = [
  'action',
  'app',
  'authentication_method',
  'change_type',
  'command',
  'dest',
  'dvc',
  'id',
  'object',
  'object_attrs',
  'object_category',
  'object_id',
  'object_size',
  'severity',
  'signature',
  'signature_id',
  'src',
  'src_ip',
  'src_user',
  'src_user_id',
  'src_user_name',
  'status',
  'user',
  'user_agent',
  'user_id',
  'user_name',
  'user_type',
  'vendor_account',
  'vendor_product',
]
const asanas = [...carriers.values(), ...detailNames.map(({ name }) => name)]

test.each(names.slice(1))('a search finds the same fields in the format %s', async (format) => {
  const [expected, found] = [await fieldsOf('asana'), await fieldsOf(format)]
  const all = ['_time', 'host', 'source', 'sourcetype', ...ours, ...cim, ...asanas]
  expect(found.map((fields) => plain(fields, all))).toEqual(expected.map((fields) => plain(fields, all)))
})

test.each(names)('in the format %s the fields are those of the event', async (format) => {
  for (const [at, fields] of (await fieldsOf(format)).entries()) {
    const event = events[at] as AuditLogEvent
    const { actor, resource, details, context } = event
    expect(fields.get('gid')).toEqual([event.gid])
    expect(fields.get('event_type')).toEqual([event.event_type])
    expect(fields.get('actor.email')?.[0]).toBe(actor.email)
    expect(fields.get('resource.name')?.[0]).toBe(resource?.name)
    expect(fields.get('context.client_ip_address')?.[0]).toBe(context?.client_ip_address)
    expect(fields.get('details.method')).toEqual(details?.['method'])
    expect(fields.get('asana_relevance')).toEqual([relevanceOf(event)])
    expect(fields.get('vendor_account')).toEqual([workspace])
  }
})

test.each(names)('in the format %s no field comes twice', async (format) => {
  for (const fields of await fieldsOf(format)) {
    const lists = [...fields].filter(([, values]) => values.length > 1).map(([name]) => name)
    const meant = /^(eventtype|tag|asana\.audit\.indicators\..*)$/
    expect(lists.filter((name) => !meant.test(name))).toEqual([])
  }
})

test('the user is the account that was changed, or else who acted', async () => {
  const fields = await fieldsOf('otel')
  const of = (type: string) => fields.find((one) => one.get('event_type')?.[0] === type)
  const role = of('user_workspace_admin_role_changed')
  expect([role?.get('user'), role?.get('src_user')]).toEqual([
    ['target@example.io'],
    ['homer.simpson@example.io'],
  ])
  const exported = of('workspace_export_started')
  expect([exported?.get('user'), exported?.get('src_user')]).toEqual([['homer@example.io'], undefined])
  expect(of('user_logged_out')?.get('user')).toEqual(['external_administrator'])
  expect(of('user_logged_out')?.get('src')).toEqual(['unknown'])
})
