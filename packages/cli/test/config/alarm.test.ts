import { writeFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import type { AlarmSettings } from '../../src/config/monitoring/alarm.ts'
import { readSettings } from '../../src/config/read-settings.ts'
import { settingFiles } from '../support/setting-files.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const { yamlFile } = settingFiles()
const inFolder = temporaryFolder()
const env = { ASANA_TOKEN: 'token' }
const dayMs = 86_400_000

async function reading(alarm: unknown) {
  const config = yamlFile({ alarm, pipelines: [{ workspace: '1', to: 'stdout' }] })
  return readSettings({ config }, env)
}

async function alarmOf(alarm: unknown): Promise<AlarmSettings> {
  const found = await reading(alarm)
  if ('problems' in found || !found.settings.alarm) throw new Error(JSON.stringify(found))
  return found.settings.alarm
}

async function problemsOf(alarm: unknown): Promise<[string, string][]> {
  const found = await reading(alarm)
  if (!('problems' in found)) return []
  return found.problems.map(({ setting, message }) => [setting.replace(/^.*: /, ''), message])
}

test('an empty map means the usual values, and without alarm there is none', async () => {
  const { dropOff, failingMs, retentionMs, quarantine, webhooks } = await alarmOf({})
  expect({ failingMs, retentionMs, quarantine, webhooks }).toEqual({
    ...{ failingMs: 900_000, retentionMs: 7 * dayMs, quarantine: true, webhooks: [] },
  })
  expect(dropOff).toMatchObject({ isOn: true, learns: true, afterMs: undefined })
  expect(await reading(undefined)).toMatchObject({ settings: { alarm: undefined } })
})

test('equal settings have equal digests, and each change makes another', async () => {
  const digest = async (alarm: unknown): Promise<string> => (await alarmOf(alarm)).digest
  const written = { quiet_days: ['2026-12-25'], webhooks: [{ url: 'http://127.0.0.1:1/SECRET' }] }
  expect(await digest({ ...written })).toBe(await digest(written))
  const others = [{ quiet_days: ['2026-12-26'] }, { zone: 'Europe/Berlin' }, { webhooks: [] }]
  for (const other of others) expect(await digest({ ...written, ...other })).not.toBe(await digest(written))
  expect(await digest(written)).not.toContain('SECRET')
})

test('a quiet day is a day of the zone, and summer time counts', async () => {
  const { dropOff } = await alarmOf({ quiet_days: ['2026-12-25'], zone: 'Europe/Berlin' })
  const at = (time: string): number => Date.parse(time)
  expect(dropOff.isQuiet(at('2026-12-24T22:00:00Z'))).toBe(false)
  expect(dropOff.isQuiet(at('2026-12-24T23:00:00Z'))).toBe(true)
  expect(dropOff.isQuiet(at('2026-12-25T23:00:00Z'))).toBe(false)
  expect(dropOff.offsetAt(at('2026-07-01T00:00:00Z'))).toBe(120)
  expect(dropOff.offsetAt(at('2026-12-01T00:00:00Z'))).toBe(60)
  const { dropOff: newYork } = await alarmOf({ zone: 'America/St_Johns' })
  expect(newYork.offsetAt(at('2026-12-01T00:00:00Z'))).toBe(-210)
})

test('every problem is reported at once, each with a good value', async () => {
  const problems = await problemsOf({
    ...{ drop_off_after: '5m', failing: '15', retention: 'soon', zone: 'Europe/Berln' },
    ...{ quiet_days: ['25.12.2026'], quarantine: 'maybe', drop_off_aftr: '1d' },
    webhooks: [{ shape: 'teams', url: 'ftp://example.com/SECRET' }, { key: 'x' }],
  })
  expect(Object.fromEntries(problems)).toEqual({
    'alarm.drop_off_after': '"5m" cannot be used. Give a duration from 15m to 30d, for example 1d.',
    'alarm.failing':
      '"15" has no unit. Give for example 15m. The units are ms, s, m, h, d, w. Give a duration from 1m to 30d, for example 15m.',
    'alarm.retention': '"soon" cannot be used. Give a duration from 1h to 90d, for example 7d.',
    'alarm.zone':
      '"Europe/Berln" cannot be used. Did you mean Europe/Berlin? Give the name of a time zone, for example Europe/Berlin.',
    'alarm.quiet_days[0]':
      '"25.12.2026" cannot be used. Give a list of dates, for example [2026-12-25, 2026-12-26].',
    'alarm.quarantine': '"maybe" cannot be used. Give true or false.',
    'alarm.drop_off_aftr': expect.stringMatching(/^There is no such setting\. Did you mean drop_off_after\?/),
    'alarm.webhooks[0].shape': 'It cannot be used. Give json, slack or alertmanager.',
    'alarm.webhooks[0].url': 'It cannot be used. Give an http or https URL, or a variable that holds it.',
    'alarm.webhooks[1].key': 'There is no such setting. Did you mean key_file?',
  })
  expect(JSON.stringify(problems)).not.toContain('SECRET')
})

test('a value in place of the map is a problem', async () => {
  expect(await problemsOf('on')).toEqual([['alarm', expect.stringContaining('for example alarm: {')]])
  expect(await problemsOf(null)).toEqual([['alarm', expect.stringMatching(/^It is not set\. Give a map/)]])
})

describe('the URL of a webhook', () => {
  test('comes from a file that is read when it is needed, and no problem shows what it holds', async () => {
    const path = inFolder('slack-url')
    writeFileSync(path, 'https://hooks.example.com/services/T0/B0/SECRET\n')
    const { webhooks } = await alarmOf({ webhooks: [{ shape: 'slack', url_file: path }] })
    expect(await webhooks[0]?.url()).toBe('https://hooks.example.com/services/T0/B0/SECRET')
    expect(webhooks[0]?.name).toBe('The webhook 1 (slack)')
    writeFileSync(path, 'hooks.example.com/SECRET')
    const problems = await problemsOf({ webhooks: [{ url_file: path }] })
    expect(problems).toEqual([
      ['alarm.webhooks[0].url_file', expect.stringMatching(/^What it holds cannot be used\./)],
    ])
    expect(JSON.stringify(problems)).not.toContain('SECRET')
  })

  test.each([
    ['is missing', {}, 'alarm.webhooks[0]', 'Neither url nor url_file is set.'],
    [
      'is given twice',
      { url: 'https://example.com', url_file: '/dev/null/none' },
      'alarm.webhooks[0].url',
      'url_file is set as well.',
    ],
  ])('is a problem if it %s', async (_, webhook, setting, words) => {
    const problems = await problemsOf({ webhooks: [webhook] })
    expect(problems).toContainEqual([setting, expect.stringContaining(words)])
  })
})

test('no problem quotes an address that was written in the wrong place', async () => {
  const address = 'https://hooks.example.com/services/T0/B0/abcdefghijklmnop'
  const problems = await problemsOf(address)
  expect(problems).toEqual([['alarm', expect.stringMatching(/^It cannot be used\. Give a map/)]])
})

test('a file with the address that is missing is named for what it holds', async () => {
  const problems = await problemsOf({ webhooks: [{ url_file: inFolder('no-url.txt') }] })
  expect(problems[0]?.[1]).toContain('Give the path of a file that holds the URL')
})
