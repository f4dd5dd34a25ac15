import { expect, test } from 'vitest'
import { eitherHecEvent } from '../../cli/src/findings/finding-hec-event.ts'
import { FindingItem } from '../../cli/src/findings/finding-item.ts'
import type { Finding } from '../../cli/src/progress/finding/finding.ts'
import { addonFiles } from '../src/addon-files.ts'
import { parseConf } from '../src/conf.ts'
import { deliver, workspace } from './splunk/deliver.ts'
import { SearchTime } from './splunk/search-time.ts'

const files = addonFiles()
const splunk = new SearchTime(files)

const finding: Finding = {
  ...{
    id: '0123456789abcdef',
    at: Date.parse('2026-11-02T09:02:00.250Z'),
    message: 'Three failed logins (high).',
  },
  rule: { id: 'r-1', title: 'Three failed logins', level: 'high', tags: ['attack.t1110'] },
  ...{ actor: { gid: '501', email: 'ada@example.com', name: 'Ada "; | delete' }, from: '192.0.2.7' },
  ...{ group: { 'actor.gid': '501' }, count: 3, gids: ['1', '2', '3'] },
}

const indexedFrom = async (one: Finding) => {
  const toHecEvent = eitherHecEvent<unknown>(() => ({ event: 'another' }), { pipeline: 'acme', workspace })
  const [event] = await deliver([new FindingItem(one) as never], toHecEvent)
  return event!
}

test('a finding has the time of the event that completed it, a sourcetype of its own, and the fields of an alert', async () => {
  const event = await indexedFrom(finding)
  expect(event).toMatchObject({
    time: finding.at / 1_000,
    sourcetype: 'asana:audit:finding',
    host: workspace,
  })
  const fields = splunk.fields(event)
  const expected = {
    ...{ tag: 'alert', eventtype: 'asana_audit_finding', type: 'alert', app: 'asana-audit', id: finding.id },
    ...{ severity: 'high', signature: 'Three failed logins', signature_id: 'r-1', src: '192.0.2.7' },
    ...{ user: 'ada@example.com', user_id: '501', user_name: 'Ada "; | delete', vendor_account: workspace },
    ...{ description: finding.message, asana_finding_level: 'high', asana_finding_id: finding.id },
  }
  expect(Object.fromEntries(Object.keys(expected).map((name) => [name, fields.get(name)?.join()]))).toEqual(
    expected,
  )
})

test('a finding without an actor or an address says that they are unknown', async () => {
  const { from: _, ...rest } = finding
  const fields = splunk.fields(await indexedFrom({ ...rest, actor: {} }))
  expect([fields.get('user'), fields.get('src')]).toEqual([['unknown'], ['unknown']])
})

test('the indexed fields of a finding are declared, and no search for events finds it', async () => {
  const { indexed, sourcetype } = await indexedFrom(finding)
  const declared = [...parseConf(files.get('default/fields.conf') as string).keys()]
  expect(declared).toEqual(expect.arrayContaining(Object.keys(indexed)))
  expect(files.get('default/macros.conf')).toContain('sourcetype="asana:audit"\n')
  expect(sourcetype).not.toBe('asana:audit')
})
