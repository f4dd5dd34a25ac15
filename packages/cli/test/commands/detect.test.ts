import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'
import type { AuditLogEvent } from '@asana-audit/schema'
import { generateEvents, startSimulator } from '@asana-audit/simulator'
import { describe, expect, test } from 'vitest'
import { namedPipe } from '../../../archive/test/support/archive-folder.ts'
import { event, writeArchive } from '../support/archive.ts'
import { bin, runCommand } from '../support/run-command.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const file = temporaryFolder()
const until = Date.now() - 3_600_000
const week = { from: until - 7 * 86_400_000, until, mix: 'everyday' } as const
const attacked = generateEvents({
  ...week,
  count: 400,
  stories: ['service-account-backdoor', 'account-takeover'],
})

/** Rule, level and event of each hit. */
function hits(stdout: string): string[] {
  const lines = stdout.split('\n').filter(Boolean)
  return lines.map((line) => {
    const { rule, event: found } = JSON.parse(line)
    return `${rule.level} ${rule.title} ${found.gid}`
  })
}

const lines = (events: readonly AuditLogEvent[]) => events.map((one) => `${JSON.stringify(one)}\n`).join('')

test('event lines, pages, an archive, gzip and Asana itself give the same hits', async () => {
  writeFileSync(file('events.jsonl'), lines(attacked))
  const pages = [attacked.slice(0, 300), attacked.slice(300)].map((data) =>
    JSON.stringify({ data, next_page: null }),
  )
  writeFileSync(file('pages.jsonl'), pages.join('\n'))
  await writeArchive(file('archive.jsonl'), attacked)
  await writeArchive(file('archive.jsonl.gz'), attacked, { gzip: true })
  const simulator = await startSimulator({ events: attacked })
  const env = {
    ASANA_BASE_URL: simulator.url,
    ASANA_WORKSPACE: simulator.workspace,
    ASANA_TOKEN: 'simulator-token',
  }
  const inputs = ['events.jsonl', 'pages.jsonl', 'archive.jsonl', 'archive.jsonl.gz']
  const ran = await Promise.all([
    runCommand(['detect', '--json', '--since', '8d'], env),
    ...inputs.map((name) => runCommand(['detect', '--json', '--from', file(name)])),
  ])
  await simulator.close()
  expect(ran.map(({ code }) => code)).toEqual([3, 3, 3, 3, 3])
  const [first, ...others] = ran.map(({ stdout }) => hits(stdout))
  expect(first?.some((hit) => hit.startsWith('high Service account created, then it exports'))).toBe(true)
  expect(first?.some((hit) => hit.startsWith('high Many attachments downloaded by one actor'))).toBe(true)
  for (const other of others) expect(other).toEqual(first)
})

test('no sum is told if the output is closed before its end', async () => {
  writeFileSync(file('attacked.jsonl'), lines(attacked))
  const child = spawn(process.execPath, [bin, 'detect', '--json', '--from', file('attacked.jsonl')], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  child.stdout.destroy()
  const [said] = await Promise.all([text(child.stderr), once(child, 'close')])
  expect(said).toContain('The output was closed before all hits were written')
  expect(said).not.toMatch(/hits of \d/)
})

describe('the output', () => {
  const created = event('7', { event_type: 'service_account_created', resource: { name: 'Robot\u001b[2J' } })

  test('is a table that is safe for a terminal, and a sentence; a hit is exit 3', async () => {
    writeFileSync(file('one.jsonl'), lines([event('1'), created]))
    const { code, stdout, stderr } = await runCommand(['detect', '--from', file('one.jsonl')])
    expect(code).toBe(3)
    expect(stdout.split('\n').map((line) => line.split(/ {2,}/))).toEqual([
      ['TIME (UTC)', 'LEVEL', 'RULE', 'WHO', 'ON WHAT', 'FROM', 'EVENTS'],
      [
        '2026-01-31 08:00:00',
        'high',
        'Service account created',
        'Ada Lovelace',
        'Robot␛[2J',
        '192.0.2.7',
        '1',
      ],
      [''],
    ])
    expect(stderr).toBe('One hit in 2 events.\n')
  })

  test('is empty, with exit 0, if no rule of the given level finds anything', async () => {
    const { code, stdout, stderr } = await runCommand([
      'detect',
      '--level',
      'critical',
      '--from',
      file('one.jsonl'),
    ])
    expect([code, stdout, stderr]).toEqual([0, '', 'No hits in 2 events.\n'])
  })

  test('counts only the events of the time that was asked for', async () => {
    const all = [event('1'), event('2', { created_at: '2026-02-20T08:00:00Z' })]
    writeFileSync(file('two-times.jsonl'), lines(all))
    const from = ['detect', '--level', 'critical', '--from', file('two-times.jsonl')]
    expect((await runCommand([...from, '--since', '2026-02-01'])).stderr).toBe('No hits in 1 event.\n')
    expect((await runCommand(from)).stderr).toBe('No hits in 2 events.\n')
  })

  test('names what cannot be read, with exit 1 if the rest has no hit', async () => {
    writeFileSync(file('torn.jsonl'), `${lines([event('1')])}{"gid":\n`)
    const { code, stderr } = await runCommand(['detect', '--from', file('torn.jsonl')])
    expect(code).toBe(1)
    expect(stderr).toContain('torn.jsonl, line 2: it is not JSON')
  })
})

test('events in the wrong order are sorted first, and a repeat is left out', async () => {
  const failed = (gid: string, seconds: number) =>
    event(gid, { event_type: 'user_login_failed', created_at: `2026-01-31T08:00:0${seconds}Z` })
  const failures = [failed('5', 5), failed('1', 1), failed('4', 4), failed('2', 2), failed('1', 1)]
  const success = event('9', { created_at: '2026-01-31T08:00:09Z' })
  const ask = async (events: readonly AuditLogEvent[]) => {
    const path = file(`${crypto.randomUUID()}.jsonl`)
    writeFileSync(path, lines(events))
    return await runCommand(['detect', '--json', '--from', path])
  }
  expect((await ask([success, ...failures])).code).toBe(0)
  const { stdout } = await ask([success, ...failures, failed('3', 3)])
  expect(hits(stdout)).toEqual(['high Many failed logins, then a success 9'])
})

test.each(['event lines', 'OTLP, as run --to stdout writes it'])(
  'on standard input a hit is written before the input ends: %s',
  async (form) => {
    const child = spawn(process.execPath, [bin, 'detect', '--json', '--from', '-'], {
      stdio: ['pipe', 'pipe', 'ignore'],
    })
    const [closed, written] = [once(child, 'close'), createInterface(child.stdout)]
    const line = once(written, 'line')
    const exported = event('7', { event_type: 'workspace_export_started' })
    const archive = await writeArchive(file(`${crypto.randomUUID()}.jsonl`), [exported])
    child.stdin.write(form === 'event lines' ? lines([exported]) : readFileSync(archive))
    expect(hits(String((await line)[0]))).toEqual(['high Export of the whole organisation started 7'])
    child.stdin.end()
    expect((await closed)[0]).toBe(3)
  },
)

describe('rules of the user', () => {
  const rule = (title: string, more: string) =>
    `title: ${title}\nlogsource: { product: asana }\ndetection:\n  one: { ${more} }\n  condition: one\nlevel: low\n`

  test('replace the rules that come with the command, or are added to them', async () => {
    writeFileSync(file('own.yml'), rule('A login of Ada', 'actor.name|contains: lovelace'))
    writeFileSync(file('two.jsonl'), lines([event('1', { event_type: 'workspace_export_started' })]))
    const ask = (...args: string[]) => runCommand(['detect', '--json', '--from', file('two.jsonl'), ...args])
    const own = ['--rules', file('own.yml')]
    expect(hits((await ask(...own)).stdout)).toEqual(['low A login of Ada 1'])
    expect(hits((await ask(...own, '--rules', 'shipped')).stdout).sort()).toEqual([
      'high Export of the whole organisation started 1',
      'low A login of Ada 1',
    ])
  })

  test('and flags: every problem is reported at once, with exit 2', async () => {
    writeFileSync(file('bad.yml'), `${rule('Bad', 'a|base64: x')}---\n${rule('Worse', 'b|re: (')}`)
    const flags = [
      '--level',
      'severe',
      '--story',
      'heist',
      '--rules',
      file('bad.yml'),
      '--from',
      file('no.jsonl'),
    ]
    const { code, stdout, stderr } = await runCommand(['detect', ...flags])
    expect([code, stdout]).toEqual([2, ''])
    for (const part of [
      '"Bad": ',
      '|base64 is not supported',
      '"Worse": ',
      'not a valid regular',
      '--level',
      '--story',
      '--from',
    ])
      expect(stderr).toContain(part)
    const missing = await runCommand(['detect', '--simulate', '--rules', file('nowhere')])
    expect([missing.code, missing.stderr]).toEqual([
      2,
      expect.stringContaining('nowhere cannot be read (ENOENT)'),
    ])
  })

  test('run with a warning if they name an event type or field that we do not know', async () => {
    writeFileSync(file('typo.yml'), rule('Typo', 'event_type: user_login_faild, actr.email: x@y'))
    const ask = (...args: string[]) =>
      runCommand(['detect', '--simulate', '--rules', file('typo.yml'), ...args])
    const { code, stderr } = await ask()
    expect(code).toBe(0)
    expect(stderr).toContain('Did you mean user_login_failed?')
    expect(stderr).toContain('Did you mean actor.email?')
    const [first = ''] = (await ask('--log', 'json')).stderr.split('\n')
    expect(JSON.parse(first)).toMatchObject({ message: 'unknown_in_rule' })
  })

  test('in a folder are read, but no named pipe with such a name, which is named', async () => {
    mkdirSync(file('rules'))
    await namedPipe(file('rules/pipe.yml'))
    const { code, stderr } = await runCommand(['detect', '--simulate', '--rules', file('rules')])
    expect(code).toBe(2)
    expect(stderr.replaceAll(/\s+/g, ' ')).toContain(
      `${file('rules/pipe.yml')} is not a file, such as a named pipe.`,
    )
  })
})

describe('stories', () => {
  test('are found by detect --simulate in a week of everyday events', async () => {
    const { code, stdout } = await runCommand([
      'detect',
      '--simulate',
      '--story',
      'sabotage',
      '--level',
      'high',
      '--json',
    ])
    expect(code).toBe(3)
    expect(hits(stdout)).toEqual([expect.stringContaining('high Many accounts deprovisioned by one actor')])
  })

  test('are listed and served by simulate', async () => {
    const { stdout } = await runCommand(['simulate', '--list-stories'])
    expect(stdout).toMatch(/^account-takeover +\S.*\n(.*\n)+support-visit /)
    const refused = await runCommand(['simulate', '--story', 'heist', '--mix', 'wild', '--days', '1'])
    expect(refused.code).toBe(2)
    for (const part of ['"heist"', '--mix']) expect(refused.stderr).toContain(part)
    const tight = await runCommand(['simulate', '--story', 'all', '--days', '1'])
    expect([tight.code, tight.stderr]).toEqual([2, expect.stringContaining('departing-insider takes 3 days')])

    const args = ['simulate', '--events', '0', '--days', '4', '--story', 'sabotage', '--json']
    const child = spawn(process.execPath, [bin, ...args], { stdio: ['ignore', 'pipe', 'ignore'] })
    const [started] = await once(createInterface(child.stdout), 'line')
    const { url, workspace, token, events } = JSON.parse(started)
    // Only the events of the story were asked for.
    expect(events).toBeGreaterThan(10)
    const env = { ASANA_BASE_URL: url, ASANA_WORKSPACE: workspace, ASANA_TOKEN: token }
    const ran = await runCommand(['detect', '--json', '--level', 'high'], env)
    expect(hits(ran.stdout)).toHaveLength(1)
    child.kill('SIGTERM')
    await once(child, 'close')
  })
})
