import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fault } from '@asana-audit/core'
import { expect, test } from 'vitest'
import { inputLog } from '../../src/splunk-input/input-log.ts'

const app = join(import.meta.dirname, '../../../splunk-input/app/package/default')
const lane = { pipeline: 'splunk-input', lane: 'live' }

test('each line begins with a level that splunkd knows, has the names, and no value ends early', () => {
  const lines: string[] = []
  const log = inputLog({ write: (line) => lines.push(line) }, { input: 'a', workspace: '12' })
  log.failed(fault({ fault: 'fatal', code: 'x', message: 'Say "this"\nand\u001b that.' }))
  log.warning('splunk-input', { code: 'y', message: 'A warning.' })
  log.say('info', 'stopped', 'It has stopped.')
  expect(lines).toEqual([
    `ERROR asana_audit event="failed" input="a" workspace="12" code="x" detail="Say 'this'␊and␛ that."\n`,
    'WARN asana_audit event="y" input="a" workspace="12" pipeline="splunk-input" detail="A warning."\n',
    'INFO asana_audit event="stopped" input="a" workspace="12" detail="It has stopped."\n',
  ])
})

test('the line about progress has every field that the page of health and the alerts use', () => {
  const lines: string[] = []
  let now = Date.parse('2026-03-01T12:00:00Z')
  const log = inputLog({ write: (line) => lines.push(line) }, { input: 'a', workspace: '12' }, () => now)
  const newestAt = '2026-03-01T11:59:00.000Z'
  const committed = { type: 'committed', events: 1, ms: 1, newestAt, ageMs: 60_000, deletedInMs: 1 } as const
  log.fact(lane, { type: 'write_accepted', records: 1, ms: 5, delaysMs: [60_000] })
  log.fact(lane, committed)
  now += 31_000
  log.fact(lane, committed)
  const [progress = ''] = lines.filter((line) => line.includes('event="progress"'))
  const texts = ['data/ui/views/asana_audit_input_health.xml', 'savedsearches.conf']
    .map((name) => readFileSync(join(app, name), 'utf8'))
    .join()
  const fields = [
    'input',
    'workspace',
    'lane',
    'newestAt',
    'caughtUp',
    'quarantined',
    'delayMs_median',
    'delayMs_p99',
  ]
  for (const field of fields) {
    expect(progress).toMatch(new RegExp(` ${field}="[^"]+"`))
    expect(texts).toContain(field)
  }
  // strptime in the alert reads exactly this form.
  expect(progress).toContain(`newestAt="${newestAt}"`)
})
