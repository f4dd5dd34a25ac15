import { isDeepStrictEqual } from 'node:util'
import type { AuditLogEvent } from '@asana-audit/schema'
import { toCim } from '@asana-audit/schema/dialects/cim'
import { expect, test } from 'vitest'
import { cimProblems } from '../../schema/test/dialects/problems/cim-problems.ts'
import samples from '../../schema/test/fixtures/sample-events.json' with { type: 'json' }
import { viewEvents } from '../../schema/test/support/view-events.ts'
import { addonFiles } from '../src/addon-files.ts'
import { deliver, formats, workspace } from './splunk/deliver.ts'
import type { Fields } from './splunk/fields.ts'
import { SearchTime } from './splunk/search-time.ts'

// The add-on against the CIM view of the schema, which is another hand's: every type, known or not, in many shapes.

const splunk = new SearchTime(addonFiles())

/** What the add-on gives to every event, and the view only where the dataset has it. */
const everywhere = ['object', 'object_attrs', 'object_id', 'object_size']
const compared = [
  'action',
  'app',
  'authentication_method',
  'change_type',
  'command',
  'dest',
  'dvc',
  'id',
  ...everywhere,
  'object_category',
  'result',
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

/** Values of the wrong type. Splunk knows no types, so that it takes for text what the view passes over. */
const typeless = /wrong types$|strange details$|surrogate pair$/

const events: [what: string, event: AuditLogEvent][] = [
  ...(samples as unknown as AuditLogEvent[]).map((event): [string, AuditLogEvent] => [
    event.event_type,
    event,
  ]),
  ...viewEvents(),
]

function cimOf(fields: Fields): Record<string, unknown> {
  const entries = compared.map((name) => [name, fields.get(name)?.join()] as const)
  const known = entries.filter(([, value]) => value !== undefined)
  return { tag: fields.get('tag'), ...Object.fromEntries(known) }
}

function viewOf(event: AuditLogEvent, found: Record<string, unknown>): Record<string, unknown> {
  const view = toCim(event, { workspace })
  const entries = compared.map((name) => [
    name,
    view[name] ?? (everywhere.includes(name) ? found[name] : undefined),
  ])
  return {
    tag: [...view.tag].sort(),
    ...Object.fromEntries(entries.filter(([, value]) => value !== undefined)),
  }
}

test.each(['asana', 'otel'] as const)(
  'in the format %s the CIM fields are those of the CIM view, and CIM finds nothing wrong with any event',
  async (format) => {
    const delivered = await deliver(
      events.map(([, event]) => event),
      formats[format],
    )
    expect(delivered.length).toBe(events.length)
    const wrong = delivered.flatMap((one, at) => {
      const [what, event] = events[at] as (typeof events)[number]
      const found = cimOf(splunk.fields(one))
      const problems = cimProblems(found)
      const expected = typeless.test(what) ? found : viewOf(event, found)
      return problems.length > 0 || !isDeepStrictEqual(found, expected)
        ? [{ what, problems, found, expected }]
        : []
    })
    expect(wrong).toEqual([])
  },
)
