import type { AuditLogEvent } from '@asana-audit/schema'
import { describe, expect, test } from 'vitest'
import { addonFiles } from '../src/addon-files.ts'
import { parseConf } from '../src/conf.ts'
import { deliver, type Format, formats, workspace } from './splunk/deliver.ts'
import type { Fields } from './splunk/fields.ts'
import { runSearch } from './splunk/run-search.ts'
import type { Row } from './splunk/search-options.ts'
import { SearchTime } from './splunk/search-time.ts'

// What the searches of the add-on find, run by a model of Splunk over events that came over HEC.

const files = addonFiles()
const splunk = new SearchTime(files)
const macros = parseConf(files.get('default/macros.conf') as string)
const searches = parseConf(files.get('default/savedsearches.conf') as string)

const places = {
  '192.0.2.1': { City: 'Berlin', Country: 'Germany', lat: 52.52, lon: 13.4 },
  '192.0.2.2': { City: 'Potsdam', Country: 'Germany', lat: 52.4, lon: 13.07 },
  '198.51.100.1': { City: 'Tokyo', Country: 'Japan', lat: 35.68, lon: 139.69 },
}

let gid = 0
function happened(
  created_at: string,
  who: string,
  event_type: string,
  more: Partial<AuditLogEvent> = {},
): AuditLogEvent {
  gid += 1
  return {
    gid: String(gid),
    created_at,
    event_type,
    actor: { actor_type: 'user', gid: who, name: who, email: `${who}@example.com` },
    resource: { resource_type: 'workspace', gid: '9', name: 'Example' },
    details: {},
    context: { context_type: 'web', client_ip_address: '192.0.2.1', user_agent: 'Firefox' },
    ...more,
  }
}

const from = (client_ip_address: string) => ({ context: { context_type: 'web', client_ip_address } })

async function indexed(events: readonly AuditLogEvent[], format: Format): Promise<Fields[]> {
  return (await deliver(events, formats[format])).map((event) => splunk.fields(event))
}

/** What the saved search of this name finds at the time, in the range it is saved with. */
function run(name: string, events: readonly Fields[], now: string): Row[] {
  const stanza = searches.get(`Asana - ${name}`)
  const [earliest, latest] = ['earliest', 'latest'].map((end) => stanza?.get(`dispatch.${end}_time`) ?? 'now')
  const options = {
    macros,
    places,
    now: Date.parse(now) / 1000,
    earliest: earliest ?? '',
    latest: latest ?? '',
  }
  return runSearch(stanza?.get('search') ?? '', events, options)
}

const cells = (rows: readonly Row[], ...names: string[]): string[] =>
  rows.map((row) => names.map((name) => row.get(name)?.join(' ') ?? '-').join(' '))

describe.each(['asana', 'otel'] as const)('in the format %s', (format) => {
  test('who exported the workspace last month, from where, and what they did before and after', async () => {
    const exported = happened('2026-02-10T12:00:00.000Z', 'ada', 'workspace_export_started')
    const events = await indexed(
      [
        happened('2026-01-20T09:00:00.000Z', 'cara', 'workspace_export_started'),
        happened('2026-02-10T10:59:00.000Z', 'ada', 'user_logged_out'),
        happened('2026-02-10T11:30:00.000Z', 'ada', 'user_login_succeeded', from('198.51.100.1')),
        exported,
        exported,
        happened('2026-02-10T12:10:00.000Z', 'bob', 'task_deleted'),
        happened('2026-02-10T12:50:00.000Z', 'ada', 'workspace_audit_log_export_started'),
        happened('2026-02-10T13:01:00.000Z', 'ada', 'user_logged_out'),
        happened('2026-02-28T23:30:00.000Z', 'dan', 'workspace_export_started', from('203.0.113.9')),
        happened('2026-03-01T00:10:00.000Z', 'dan', 'user_logged_out'),
        happened('2026-03-05T12:00:00.000Z', 'ada', 'workspace_export_started'),
      ],
      format,
    )
    const found = run('Who exported the workspace, and what else they did', events, '2026-03-15T08:00:00Z')
    expect(cells(found, 'asana_actor', 'event_type', 'src', 'City')).toEqual([
      'ada@example.com user_login_succeeded 198.51.100.1 Tokyo',
      'ada@example.com workspace_export_started 192.0.2.1 Berlin',
      'ada@example.com workspace_audit_log_export_started 192.0.2.1 Berlin',
      'dan@example.com workspace_export_started 203.0.113.9 -',
      'dan@example.com user_logged_out 192.0.2.1 Berlin',
    ])
  })

  test('impossible travel is two logins too far apart for the time between, and not a change of address', async () => {
    const login = (time: string, who: string, address: string) =>
      happened(`2026-03-15T${time}:00.000Z`, who, 'user_login_succeeded', from(address))
    const events = await indexed(
      [
        login('01:00', 'ada', '192.0.2.1'),
        login('02:00', 'bob', '198.51.100.1'),
        login('03:00', 'ada', '198.51.100.1'),
        login('04:00', 'bob', '198.51.100.1'),
        login('05:00', 'cara', '192.0.2.1'),
        login('05:01', 'cara', '192.0.2.2'),
        login('05:30', 'dan', '192.0.2.1'),
        login('19:30', 'dan', '198.51.100.1'),
        login('20:00', 'eve', '192.0.2.1'),
        login('20:10', 'eve', '203.0.113.9'),
      ],
      format,
    )
    const found = run('Impossible travel', events, '2026-03-15T23:00:00Z')
    expect(cells(found, 'user', 'city_before', 'City', 'hours')).toEqual(['ada@example.com Berlin Tokyo 2'])
    const km = Number(found[0]?.get('km')?.[0])
    expect(km).toBeGreaterThan(8_850)
    expect(km).toBeLessThan(8_950)
  })

  test('an event type the add-on does not know is in the report on them, once, with its category', async () => {
    const known = happened('2026-03-14T01:00:00.000Z', 'ada', 'task_deleted', { event_category: 'deletion' })
    const fresh = happened('2026-03-14T02:00:00.000Z', 'ada', 'workspace_moat_filled', {
      event_category: 'admin_settings',
    })
    const found = run(
      'Event types new to this add-on',
      await indexed([known, fresh, fresh], format),
      '2026-03-15T00:00:00Z',
    )
    expect(cells(found, 'event_type', 'count', 'asana_meaning')).toEqual([
      'workspace_moat_filled 1 New kind of setting',
    ])
  })
})

test('an event that came from two feeds is found', async () => {
  const event = happened('2026-03-14T01:00:00.000Z', 'ada', 'task_deleted')
  const once = happened('2026-03-14T02:00:00.000Z', 'ada', 'task_deleted')
  const [one, other] = await indexed([event, once], 'asana')
  const again = new Map([...(one as Fields), ['source', ['another feed']]])
  const found = run(
    'One event from two feeds',
    [one as Fields, other as Fields, again],
    '2026-03-15T05:23:00Z',
  )
  expect(cells(found, 'source', 'count')).toEqual(['another feed 1', 'asana:audit_log_api 1'])
})

test('a workspace is silent if its last event is over a day old', async () => {
  const events = await indexed(
    [
      happened('2026-03-12T01:00:00.000Z', 'ada', 'task_deleted'),
      happened('2026-03-13T23:00:00.000Z', 'ada', 'task_deleted'),
    ],
    'asana',
  )
  const other = new Map([...(events[0] as Fields), ['host', ['2222']]])
  const found = (now: string) => cells(run('Feed silent', [...events, other], now), 'host', 'silent_hours')
  expect(found('2026-03-14T00:00:00Z')).toEqual(['2222 47'])
  expect(found('2026-03-15T00:00:00Z').sort()).toEqual([`${workspace} 25`, '2222 71'])
})
