import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Fact, fault } from '@asana-audit/core'
import { expect, test } from 'vitest'
import { inputLog } from '../../src/splunk-input/input-log.ts'

const app = join(import.meta.dirname, '../../../splunk-input/app/package/default')
/** The page and the alerts. */
const texts = (): string =>
  ['data/ui/views/asana_audit_input_health.xml', 'savedsearches.conf']
    .map((name) => readFileSync(join(app, name), 'utf8'))
    .join()
const lane = { pipeline: 'splunk-input', lane: 'live' }
const newestAt = '2026-03-01T11:59:00.000Z'
const committed: Fact = {
  ...{ type: 'committed', unsaved: 0, events: 1, ms: 1, newestAt },
  ...{ ageMs: 60_000, deletedInMs: 1 },
}

test('each line begins with a level that splunkd knows, has the names, and no value ends early', () => {
  const lines: string[] = []
  const log = inputLog({ write: (line) => lines.push(line) }, { input: 'a', workspace: '12' })
  log.failed(fault({ fault: 'fatal', code: 'x', message: 'Say "this"\nand\u001b that.' }))
  log.warning('splunk-input', { code: 'y', message: 'A warning.' })
  log.say('info', 'stopped', 'It has stopped.')
  expect(lines).toEqual([
    `ERROR asana_audit event="failed" input="a" workspace="12" code="x" detail="Say 'this'␊and␛ that."\n`,
    'WARN asana_audit event="y" input="a" workspace="12" code="y" pipeline="splunk-input" detail="A warning."\n',
    'INFO asana_audit event="stopped" input="a" workspace="12" detail="It has stopped."\n',
  ])
})

test('each line that needs a person has every field that the page of health and the alerts group by', () => {
  const lines: string[] = []
  const log = inputLog({ write: (line) => lines.push(line) }, { input: 'a', workspace: '12' })
  log.fact(lane, { type: 'possible_loss', from: '2026-01-01T00:00:00Z', until: '2026-01-02T00:00:00Z' })
  const times = { oldestAt: '2026-01-01T00:00:00Z', newestAt: '2026-01-02T00:00:00Z' }
  log.fact(lane, { type: 'too_old', events: 2, ...times, reason: 'They are too old.' })
  log.fact(lane, {
    type: 'quarantined',
    kind: 'malformed',
    id: undefined,
    code: 'x',
    reason: 'It is a text.',
  })
  log.fact(lane, committed)
  log.fact(lane, { type: 'healed', reason: 'The offset has expired.', restartAt: undefined })
  log.stateWarning({ code: 'disk_full', message: 'The disk is full.' })
  log.say('warn', 'splunkd_gone', 'It is gone.')
  const groups = [...texts().matchAll(/latest\(detail\) as detail by ([\w ]+)/g)].map(([, names = '']) =>
    names.split(' ').filter((name) => name !== '' && !['host', 'log_level'].includes(name)),
  )
  expect(groups).toEqual([
    ['input', 'workspace', 'event', 'code'],
    ['input', 'workspace', 'event', 'code'],
  ])
  expect(lines).toHaveLength(6)
  for (const line of lines)
    for (const name of ['detail', ...groups.flat()]) expect(line).toMatch(new RegExp(` ${name}="[^"]+"`))
})

test('events that go to quarantine together for the same reason are one line, and are all counted', () => {
  const lines: string[] = []
  let now = Date.parse('2026-03-01T12:00:00Z')
  const log = inputLog({ write: (line) => lines.push(line) }, { input: 'a' }, () => now)
  const refused = (id: string, reason: string): Fact => ({
    ...{ type: 'quarantined', kind: 'rejected', id, code: 'too_large', reason },
  })
  for (const id of ['1', '2', '3']) log.fact(lane, refused(id, 'It is too large.'))
  log.fact(lane, refused('4', 'It is empty.'))
  log.fact(lane, committed)
  now += 31_000
  log.fact(lane, committed)
  const first =
    'ERROR asana_audit event="quarantined" input="a" code="too_large" pipeline="splunk-input" lane="live" kind="rejected"'
  expect(lines).toEqual([
    `${first} id="1" reason="It is too large." events="3" detail="3 events were put in quarantine, and are not in Splunk (the first is 1, the last 3): It is too large."\n`,
    `${first} id="4" reason="It is empty." events="1" detail="The event 4 was put in quarantine, and is not in Splunk: It is empty."\n`,
    expect.stringMatching(/event="progress".* quarantined="4"/),
  ])
})

test('what stops both lanes is one line, and its end is one', () => {
  const lines: string[] = []
  const log = inputLog({ write: (line) => lines.push(line) }, { input: 'a' })
  const backlog = { ...lane, lane: 'backlog' }
  const paused: Fact = {
    ...{ type: 'paused', part: 'source', code: 'unauthorized', message: 'Enter another token.', waitMs: 1 },
  }
  for (const one of [lane, backlog]) log.fact(one, paused)
  for (const one of [lane, backlog]) log.fact(one, { type: 'resumed', part: 'source', afterMs: 1 })
  expect(lines.map((line) => / event="(\w+)".* lane="(\w+)"/.exec(line)?.slice(1))).toEqual([
    ['paused', 'live'],
    ['resumed', 'live'],
  ])
})

test('a next step that names a command or a variable is said in words of the pages', () => {
  const lines: string[] = []
  const log = inputLog({ write: (line) => lines.push(line) }, { input: 'a', workspace: '12' })
  log.failed(fault({ fault: 'fatal', code: 'filters_changed', message: 'Rewind it.' }))
  log.fact(lane, {
    ...{ type: 'retrying', part: 'source', failures: 1, waitMs: 1 },
    ...{ code: 'proxy_unreachable', message: 'Check HTTPS_PROXY.' },
  })
  expect(lines[0]).toContain("enter a time at 'Read again from'")
  expect(lines[0]).not.toContain('Rewind')
  expect(lines[1]).toContain('Check HTTPS_PROXY. In this app the proxy is on the page Configuration')
})

test('the line about progress has every field that the page of health and the alerts use', () => {
  const lines: string[] = []
  let now = Date.parse('2026-03-01T12:00:00Z')
  const log = inputLog({ write: (line) => lines.push(line) }, { input: 'a', workspace: '12' }, () => now)
  log.fact(lane, { type: 'write_accepted', records: 1, ms: 5, delaysMs: [60_000] })
  log.fact(lane, committed)
  now += 31_000
  log.fact(lane, committed)
  const [progress = ''] = lines.filter((line) => line.includes('event="progress"'))
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
    expect(texts()).toContain(field)
  }
  // strptime in the alert reads exactly this form, with its zone: without one, Splunk takes that of whoever searches.
  expect(progress).toContain(`newestAt="${newestAt}"`)
  expect(texts()).toContain('strptime(replace(newest, "Z$", "+0000"), "%Y-%m-%dT%H:%M:%S.%3N%z")')
})
