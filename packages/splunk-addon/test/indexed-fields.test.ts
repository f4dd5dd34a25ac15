import { auditResourceAttributes, toLogRecord } from '@asana-audit/schema'
import { generateEvents } from '@asana-audit/simulator'
import { asanaHecEvent, otelHecEvent } from '@asana-audit/splunk-hec'
import { expect, test } from 'vitest'
import samples from '../../schema/test/fixtures/sample-events.json' with { type: 'json' }
import { fullContext } from '../../schema/test/support/full-context.ts'
import { addonFiles } from '../src/addon-files.ts'
import { parseConf } from '../src/conf.ts'
import { deliver } from './splunk/deliver.ts'

const until = Date.parse('2026-03-15T00:00:00Z')
const generated = generateEvents({ count: 500, from: until - 7 * 86_400_000, until })
// One with something that no attribute is for.
const events = [...generated, ...(samples as unknown as typeof generated), { ...generated[0]!, fresh: 1 }]

/** What an event has on request, or when it is sent again. */
const optional = { replay: true, repair: true, context: () => fullContext }

test('the fields that the add-on declares as indexed are those that events bring, in both formats', async () => {
  const declared = [...parseConf(addonFiles().get('default/fields.conf') as string).keys()]
  const resource = auditResourceAttributes({ workspace: '42' })
  const written = new Set<string>()
  for (const map of [
    (event: (typeof events)[0]) => asanaHecEvent(event, optional),
    (event: (typeof events)[0]) => otelHecEvent(toLogRecord(event, optional), { resource }),
  ]) {
    for (const { indexed } of await deliver(events, map))
      for (const name of Object.keys(indexed)) written.add(name)
  }
  const ours = [...written].filter((name) => /^asana[._]/.test(name))
  expect(ours.filter((name) => !declared.includes(name))).toEqual([])
  // What the rules of the command find has fields of its own.
  const ofEvents = declared.filter((name) => !name.startsWith('asana_finding_'))
  expect(ofEvents.filter((name) => !written.has(name))).toEqual([])
})
