import { execFileSync } from 'node:child_process'
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import type { AuditLogEvent } from '@asana-audit/schema'
import { generateEvents, startSimulator } from '@asana-audit/simulator'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { html, jsonScript } from '../../src/html.ts'
import { event, writeArchive } from '../support/archive.ts'
import { runCommand } from '../support/run-command.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const file = temporaryFolder()
const day = 86_400_000

/** The visible text of the page. */
function textOf(page: string): string {
  return page
    .replace(/^[\s\S]*<body>/, '')
    .replaceAll(/<script[\s\S]*?<\/script>/g, '')
    .replaceAll(/<[^>]+>/g, ' ')
    .replaceAll(/\s+/g, ' ')
}

test('from Asana: one file that only its owner can read has the counts of the window and of the time before', async () => {
  const simulator = await startSimulator({ events: 3_000, days: 80 })
  const out = file('asana.html')
  const { code, stdout, stderr } = await runCommand(['report', '--since', '30d', '--out', out], {
    ASANA_BASE_URL: simulator.url,
    ASANA_WORKSPACE: simulator.workspace,
    ASANA_TOKEN: 'simulator-token',
  })
  await simulator.close()
  expect([code, stdout]).toEqual([0, ''])
  expect(stderr).toMatch(/asana\.html: [\d,]+ events\.\n$/)
  expect(statSync(out).mode & 0o777).toBe(0o600)
  const page = readFileSync(out, 'utf8')
  const count = (from: number, to: number, test = (_: AuditLogEvent) => true) =>
    simulator.events.filter((one) => {
      const age = (Date.now() - Date.parse(one.created_at)) / day
      return age < from && age >= to && test(one)
    }).length
  const [now, before] = [count(30, 0), count(60, 30)]
  expect(textOf(page)).toContain(`Events ${now.toLocaleString('en')} ${before.toLocaleString('en')} before`)
  const failed = count(30, 0, ({ event_type }) => event_type === 'user_login_failed')
  expect(textOf(page)).toContain(`Failed sign-ins ${failed} `)
  expect(textOf(page)).toContain(`Read from Asana, workspace ${simulator.workspace}.`)
  expect(textOf(page)).toContain('All times are UTC.')
  expect(page).not.toContain('simulator-token')
})

test('from archives: without events older than the window, the page says that it compares nothing', async () => {
  const until = Date.now()
  const some = generateEvents({ count: 300, from: until - 3 * day, until })
  const path = await writeArchive(file('short.jsonl.gz'), some, { gzip: true })
  const { code, stdout } = await runCommand(['report', '--from', path, '--out', '-'])
  expect(code).toBe(0)
  const text = textOf(stdout)
  expect(text).toContain('Events 300 Active')
  expect(text).not.toContain(' before (')
  expect(text).toContain('nothing to compare with')
  expect(text).toContain('There are no events from before the window')
})

test('the page requests nothing: its content security policy forbids it, and its markup has no address', async () => {
  const path = await writeArchive(file('one.jsonl'), [event('1', { created_at: new Date().toISOString() })])
  const { stdout } = await runCommand(['report', '--from', path, '--out', '-'])
  const policy = /Content-Security-Policy" content="([^"]+)"/.exec(stdout)?.[1]?.replaceAll('&#39;', "'")
  expect(policy).toMatch(
    /^default-src 'none'; script-src 'sha256-[^ ]+' 'sha256-[^ ]+'; style-src 'sha256-[^ ]+';/,
  )
  expect(policy).not.toContain('unsafe')
  const markup = stdout.replaceAll(/<script[\s\S]*?<\/script>/g, '')
  expect(
    [...markup.matchAll(/(?:src|href|action|url)\b[=(](?!"#section-)\S+/g)].map(([found]) => found),
  ).toEqual(['href="data:,">'])
  expect(stdout).not.toContain('sourceMappingURL=')
})

test('gaps in the input are reported on the page, and the exit status is 1', async () => {
  const path = file('gap.jsonl')
  await writeArchive(path, [event('1', { created_at: new Date().toISOString() })])
  appendFileSync(path, 'nothing\n')
  const { code, stdout, stderr } = await runCommand(['report', '--from', path, '--out', '-'])
  expect(code).toBe(1)
  expect(textOf(stdout)).toContain('The result is not complete: 1 part of the input could not be read.')
  expect(stderr).toContain('gap.jsonl, line 2')
})

test('if the window is empty, the command says from when there are events', async () => {
  const path = await writeArchive(file('old.jsonl'), [event('1')])
  const args = [
    'report',
    '--from',
    path,
    '--since',
    '2026-02-01',
    '--until',
    '2026-02-08',
    '--out',
    file('empty.html'),
  ]
  const { code, stderr } = await runCommand(args)
  expect(code).toBe(0)
  expect(stderr).toContain('There is no event in the window.')
  expect(stderr).toContain('31 Jan 2026, 08:00')
  expect(existsSync(file('empty.html'))).toBe(true)
})

test('every problem is reported at once, and nothing is written', async () => {
  const folder = file('folder')
  mkdirSync(folder)
  for (const [out, words] of [
    [undefined, 'It is required.'],
    [folder, 'is a directory'],
    [`${folder}/none/report.html`, 'is not writable'],
  ] as const) {
    const args = ['report', '--from', 'no-such-file', '--until', 'later', ...(out ? ['--out', out] : [])]
    const { code, stderr } = await runCommand(args)
    expect(code).toBe(2)
    for (const part of ['--from', '--until', '--out', words]) expect(stderr).toContain(part)
  }
  expect(readdirSync(folder)).toEqual([])
})

test('an earlier report is replaced, and no other file: not the events, the state, an object of an archive or a pipe', async () => {
  const now = event('1', { created_at: new Date().toISOString() })
  const events = await writeArchive(file('replaced.jsonl'), [now])
  const archive = file('replaced-archive')
  mkdirSync(`${archive}/_manifest`, { recursive: true })
  const pipe = file('pipe')
  execFileSync('mkfifo', [pipe])
  const others = [
    [events, 'is no HTML page'],
    [`${archive}/report.html`, `is in the archive ${archive}`],
    [`${events}/report.html`, 'A part of this path is a file'],
    [pipe, 'give - for standard output'],
  ] as const
  for (const [out, words] of others) {
    const { code, stderr } = await runCommand(['report', '--from', events, '--out', out])
    expect(stderr).toContain(words)
    expect(code).toBe(2)
  }
  expect(readFileSync(events, 'utf8')).toContain('Ada Lovelace')
  expect(readdirSync(archive)).toEqual(['_manifest'])
  const page = file('replaced.html')
  for (const text of ['', '<!DOCTYPE html>']) {
    writeFileSync(page, text)
    expect((await runCommand(['report', '--from', events, '--out', page])).code).toBe(0)
    expect(readFileSync(page, 'utf8')).toContain('<h1>Asana audit report</h1>')
  }
})

test('no text of an event can become markup', () => {
  const parts = fc.constantFrom(
    '<',
    '>',
    '"',
    "'",
    '&',
    '</script>',
    '<!--',
    '\u2028',
    '\u202e',
    '\0',
    'a',
    '名',
  )
  fc.assert(
    fc.property(
      fc.array(parts).map((some) => some.join('')),
      (text) => {
        const { markup } = html`<p title="${text}">${text}</p>`
        expect(markup).toMatch(/^<p title="[^<>"']*">[^<>"']*<\/p>$/)
        const json = jsonScript({ [text]: text }).markup
        expect(json).not.toMatch(/[<>&\u2028\u2029]/)
        expect(JSON.parse(json)).toEqual({ [text]: text })
      },
    ),
  )
})
