import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFileSync, existsSync, readFileSync } from 'node:fs'
import { text } from 'node:stream/consumers'
import type { AuditLogEvent } from '@asana-audit/schema'
import { generateEvents, startSimulator } from '@asana-audit/simulator'
import { beforeAll, describe, expect, test } from 'vitest'
import { event, writeArchive } from '../support/archive.ts'
import { bin, runCommand } from '../support/run-command.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const file = temporaryFolder()
const day = 86_400_000

function events(stdout: string): AuditLogEvent[] {
  return stdout
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line))
}

const gids = (stdout: string) => events(stdout).map(({ gid }) => gid)

/** Queries an archive of these events. */
async function ask(some: readonly AuditLogEvent[], ...args: readonly string[]) {
  const path = await writeArchive(file(`${crypto.randomUUID()}.jsonl`), some)
  return await runCommand(['query', '--from', path, ...args])
}

/** RFC 4180, for what the command writes. */
function fromCsv(csv: string): Record<string, string>[] {
  const rows = csv
    .split('\r\n')
    .slice(0, -1)
    .map((line) =>
      [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^",]*))/g)].map(([, quoted, bare]) =>
        quoted === undefined ? (bare ?? '') : quoted.replaceAll('""', '"'),
      ),
    )
  const [header = [], ...records] = rows
  return records.map((cells) => Object.fromEntries(header.map((name, index) => [name, cells[index] ?? ''])))
}

describe('an archive and Asana', () => {
  const until = Date.now() - 3_600_000
  const all = generateEvents({ count: 1_500, from: until - 20 * day, until })
  const someone = all.find(({ actor }) => actor.email) as AuditLogEvent
  let archive = ''
  beforeAll(async () => {
    archive = await writeArchive(file('all.jsonl'), all)
  })

  test.concurrent.each([
    ['everything', [], () => true],
    [
      'an actor by e-mail, in any case',
      ['--actor-email', String(someone.actor.email).toUpperCase()],
      (one: AuditLogEvent) => one.actor.email === someone.actor.email,
    ],
    [
      'an actor by gid and two types',
      [
        ...['--actor-gid', String(someone.actor.gid)],
        ...['--event-type', 'user_login_succeeded', '--event-type', 'user_logged_out'],
      ],
      (one: AuditLogEvent) =>
        one.actor.gid === someone.actor.gid &&
        ['user_login_succeeded', 'user_logged_out'].includes(one.event_type),
    ],
    [
      'a type, a kind of actor and a time',
      [
        ...['--event-type', 'user_login_failed', '--actor-type', 'user'],
        ...[
          '--since',
          new Date(until - 9 * day).toISOString(),
          '--until',
          new Date(until - day).toISOString(),
        ],
      ],
      (one: AuditLogEvent) =>
        one.event_type === 'user_login_failed' &&
        one.actor.actor_type === 'user' &&
        Date.parse(one.created_at) >= until - 9 * day &&
        Date.parse(one.created_at) < until - day,
    ],
    [
      'a resource',
      ['--resource-gid', String(someone.resource?.gid)],
      (one: AuditLogEvent) => one.resource?.gid === someone.resource?.gid,
    ],
    [
      'a category and a range of addresses',
      ['--category', 'deletion', '--ip', '203.0.113.0/24'],
      (one: AuditLogEvent) =>
        one.event_category === 'deletion' && String(one.context?.client_ip_address).startsWith('203.0.113.'),
    ],
  ])('give the same answer: %s', async (_, args, expected) => {
    const simulator = await startSimulator({ events: all })
    const env = {
      ASANA_BASE_URL: simulator.url,
      ASANA_WORKSPACE: simulator.workspace,
      ASANA_TOKEN: 'simulator-token',
    }
    const [fromArchive, fromAsana] = await Promise.all([
      runCommand(['query', '--from', archive, '--output', 'jsonl', ...args]),
      runCommand(['query', '--json', ...args], env),
    ])
    await simulator.close()
    expect([fromArchive.code, fromArchive.stderr]).toEqual([0, ''])
    expect([fromAsana.code, fromAsana.stderr]).toEqual([0, ''])
    const wanted = all.filter(expected).map(({ gid }) => gid)
    expect(wanted.length).toBeGreaterThan(0)
    expect(gids(fromArchive.stdout)).toEqual(wanted)
    expect(gids(fromAsana.stdout)).toEqual(wanted)
  })
})

describe('from Asana', () => {
  test.concurrent('events that are read twice because late ones may come are not reported as repeats', async () => {
    const simulator = await startSimulator({ events: 20 })
    simulator.grow(3)
    const { stdout, stderr } = await runCommand(['query', '--output', 'jsonl'], {
      ASANA_BASE_URL: simulator.url,
      ASANA_WORKSPACE: simulator.workspace,
      ASANA_TOKEN: 'simulator-token',
    })
    await simulator.close()
    expect([gids(stdout).length, stderr]).toEqual([23, ''])
  })

  test.concurrent('a request is tried again after a temporary fault, and no state is created', async () => {
    let requests = 0
    const simulator = await startSimulator({
      events: 250,
      faults: () => {
        requests += 1
        return requests === 1 ? 'reset' : undefined
      },
    })
    const home = file('home')
    const { code, stdout, stderr } = await runCommand(['query', '--output', 'jsonl'], {
      ASANA_BASE_URL: simulator.url,
      ASANA_WORKSPACE: simulator.workspace,
      ASANA_TOKEN: 'simulator-token',
      HOME: home,
    })
    await simulator.close()
    expect(code).toBe(0)
    expect(gids(stdout)).toEqual(simulator.events.map(({ gid }) => gid))
    expect(stderr).toMatch(/Trying again\.\n$/)
    expect(existsSync(home)).toBe(false)
  })

  test.concurrent('if Asana does not answer, the command gives up with a sentence', async () => {
    const { code, stderr } = await runCommand(['query', '--give-up-after', '1s'], {
      ASANA_BASE_URL: 'http://127.0.0.1:9/api/1.0',
      ASANA_WORKSPACE: '1',
      ASANA_TOKEN: 'secret-token',
    })
    expect(code).toBe(1)
    expect(stderr).toContain('after the limit of 1 s without progress')
    expect(stderr).not.toContain('secret-token')
  })

  test.concurrent('a malformed event is reported, and the exit status is 1', async () => {
    const simulator = await startSimulator({
      events: [event('1', { created_at: new Date().toISOString() }), { gid: '2', name: 'only a name' }],
    })
    const { code, stdout, stderr } = await runCommand(['query', '--output', 'jsonl'], {
      ASANA_BASE_URL: simulator.url,
      ASANA_WORKSPACE: simulator.workspace,
      ASANA_TOKEN: 'simulator-token',
    })
    await simulator.close()
    expect(gids(stdout)).toEqual(['1'])
    expect(stderr).toContain('created_at: missing')
    expect(code).toBe(1)
  })
})

test.concurrent('jsonl writes whole events unchanged, with all their fields', async () => {
  const odd = event('1', {
    details: { deep: [{ '=x': '\u009b2J\u202e' }], big: '9007199254740993', none: null },
    new_field: { a: [1, -0.5, true] },
    actor: { actor_type: 'user', name: '山田 "太郎"\n\u001b[31m' },
  })
  const { stdout } = await ask([odd], '--output', 'jsonl')
  expect(events(stdout)).toEqual([odd])
  // It has no character that a terminal would act on.
  expect(stdout.trimEnd()).toMatch(/^[^\p{Cc}\u202a-\u202e]*$/u)
})

test.concurrent('a table shows time, actor, event, resource and origin, with names rather than ids', async () => {
  const role = event('77', {
    created_at: '2026-01-31T23:30:00.5Z',
    event_type: 'user_workspace_admin_role_changed',
    actor: { actor_type: 'user', gid: '502', email: 'bob@example.com' },
    details: { old_value: 'member', new_value: 'super_admin' },
    context: { context_type: 'api', api_authentication_method: 'oauth', oauth_app_name: 'Lantern' },
  })
  const { stdout } = await ask([event('76'), role])
  const [head = '', first = '', second = ''] = stdout.split('\n')
  expect(head.split(/ {2,}/)).toEqual(['TIME (UTC)', 'WHO', 'WHAT', 'ON WHAT', 'FROM', 'GID'])
  expect(first.split(/ {2,}/)).toEqual([
    '2026-01-31 08:00:00',
    'Ada Lovelace',
    'user_login_succeeded',
    'Ada Lovelace (user)',
    '192.0.2.7 (web)',
    '76',
  ])
  expect(second.split(/ {2,}/)).toEqual([
    '2026-01-31 23:30:00',
    'bob@example.com',
    'user_workspace_admin_role_changed: member → super_admin',
    'Ada Lovelace (user)',
    'Lantern',
    '77',
  ])
})

test.concurrent('--local with a TZ that names no zone shows UTC, which JavaScript takes then', async () => {
  const path = await writeArchive(file('no-zone.jsonl'), [event('1')])
  const { stdout } = await runCommand(['query', '--from', path, '--local'], { TZ: 'Mars/Olympus' })
  expect(stdout).toContain('TIME (UTC)')
})

test.concurrent('--local shows times in the zone of this machine, with their offset', async () => {
  const path = await writeArchive(file('local.jsonl'), [
    event('1'),
    event('2', { created_at: '2026-07-01T22:30:00Z' }),
  ])
  const env = { TZ: 'Europe/Berlin' }
  const { stdout } = await runCommand(['query', '--from', path, '--local'], env)
  expect(stdout).toContain('TIME (Europe/Berlin)')
  expect(stdout).toContain('2026-01-31 09:00:00+01:00')
  expect(stdout).toContain('2026-07-02 00:30:00+02:00')
  const counted = await runCommand(
    ['query', '--from', path, '--local', '--count-by', 'day', '--output', 'csv'],
    env,
  )
  expect(counted.stdout).toBe('day,count\r\n2026-01-31,1\r\n2026-07-02,1\r\n')
})

test.concurrent.for([
  ['query', '--output', 'jsonl'],
  ['detect', '--json'],
])('with --local a date of %s is a day of the zone of this machine, and without it of UTC', async (args) => {
  const logins = ['2026-03-28T23:30:00Z', '2026-03-29T12:00:00Z', '2026-03-29T22:30:00Z'].map((time, n) =>
    event(`${n + 1}`, { event_type: 'workspace_export_started', created_at: time }),
  )
  const path = await writeArchive(file(`${args[0]}-days.jsonl`), logins)
  const command = [...args, '--from', path, '--since', '2026-03-29', '--until', '2026-03-30']
  const gids = async (...flags: string[]): Promise<string[]> => {
    const { stdout } = await runCommand([...command, ...flags], { TZ: 'Europe/Berlin' })
    return [...new Set(stdout.match(/(?<="gid":")[1-3](?=")/g))]
  }
  // The day on which summer time begins there has 23 hours.
  expect(await gids('--local')).toEqual(['1', '2'])
  expect(await gids()).toEqual(['2', '3'])
})

test.concurrent('with --local a date that does not exist is refused as it was given', async () => {
  const path = await writeArchive(file('no-day.jsonl'), [event('1')])
  const { code, stderr } = await runCommand(['query', '--from', path, '--local', '--since', '2026-02-30'])
  expect(code).toBe(2)
  expect(stderr).toContain('"2026-02-30" cannot be used.')
})

test.concurrent('characters of a name that would act on a terminal or forge a row are made visible', async () => {
  const name = '\u001b[2J\u0007a\r\nb\u202ec\u0085'
  for (const form of ['table', 'csv']) {
    const { stdout } = await ask([event('1', { actor: { name } })], '--output', form)
    expect(stdout).toContain('␛[2J␇a␍␊b\\u202ec\\u0085')
    expect(stdout.replaceAll(/\r?\n/g, '')).toMatch(/^[^\p{Cc}\u202a-\u202e]*$/u)
    expect(stdout.trimEnd().split('\n').length).toBe(2)
  }
})

test.concurrent('CSV follows RFC 4180, and a spreadsheet runs no formula of it', async () => {
  const some = [
    event('1', { actor: { name: '=HYPERLINK("http://evil.example")', email: '@SUM(1)' } }),
    event('2', { resource: { name: 'a "quoted", name', gid: '-5' }, details: { k: 'v,w' } }),
  ]
  const { stdout } = await ask(some, '--output', 'csv')
  expect(stdout.endsWith('\r\n')).toBe(true)
  const [first, second] = fromCsv(stdout)
  expect(first).toMatchObject({
    gid: '1',
    created_at: '2026-01-31T08:00:00.000Z',
    actor_name: `'=HYPERLINK("http://evil.example")`,
    actor_email: `'@SUM(1)`,
    client_ip_address: '192.0.2.7',
  })
  expect(second).toMatchObject({
    resource_name: 'a "quoted", name',
    resource_gid: "'-5",
    details: '{"k":"v,w"}',
  })
  expect(second?.['description']).toContain('Sign-in to an account completed')
})

describe('--count-by', () => {
  const some = [
    ...Array.from({ length: 5 }, (_, i) => event(`a${i}`)),
    ...Array.from({ length: 3 }, (_, i) =>
      event(`b${i}`, { actor: { email: 'bob@example.com' }, created_at: '2026-01-30T10:00:00Z' }),
    ),
    event('c', { actor: { actor_type: 'anonymous' }, created_at: '2026-02-01T10:00:00Z' }),
  ]

  test.concurrent('counts by any field, the most frequent value first, events without the field too', async () => {
    const { stdout } = await ask(some, '--count-by', 'actor.email', '--output', 'jsonl')
    expect(events(stdout)).toEqual([
      { 'actor.email': 'ada@example.com', count: 5 },
      { 'actor.email': 'bob@example.com', count: 3 },
      { 'actor.email': null, count: 1 },
    ])
  })

  test.concurrent('counts by several fields; times are in their order', async () => {
    const { stdout } = await ask(some, '--count-by', 'day,details.method', '--output', 'csv')
    expect(stdout).toBe(
      'day,details.method,count\r\n2026-01-30,SAML,3\r\n2026-01-31,SAML,5\r\n2026-02-01,SAML,1\r\n',
    )
  })

  test.concurrent('with --top adds up the rest in one row', async () => {
    const { stdout } = await ask(some, '--count-by', 'actor', '--top', '1')
    expect(stdout.split('\n').map((line) => line.trim().split(/ {2,}/))).toEqual([
      ['EVENTS', 'SHARE', 'ACTOR'],
      ['5', '55.6 %', 'Ada Lovelace'],
      ['4', '44.4 %', '(2 others)'],
      [''],
    ])
  })

  test.concurrent('reports a field that no event has', async () => {
    const { code, stderr } = await ask(some, '--count-by', 'details.colour')
    expect(code).toBe(0)
    expect(stderr).toContain('No event has a field details.colour.')
  })

  test.concurrent('refuses a mistyped field, and accepts it with ? for one that is newer', async () => {
    const refused = await ask(some, '--count-by', 'dya,actor.emial')
    expect([refused.code, refused.stdout]).toEqual([2, ''])
    expect(refused.stderr).toContain('No event has a field dya. Did you mean day?')
    expect(refused.stderr).toContain('No event has a field actor.emial. Did you mean actor.email?')
    const { code, stdout } = await ask(some, '--count-by', 'actor.emial?', '--output', 'csv')
    expect([code, stdout]).toEqual([0, 'actor.emial,count\r\n,9\r\n'])
  })
})

describe('--around', () => {
  const at = (time: string) => `2026-01-31T${time}Z`
  const other = { actor_type: 'user', gid: '502', name: 'Bob' }
  const elsewhere = { client_ip_address: '198.51.100.1' }
  const some = [
    event('early', { created_at: at('06:59:59') }),
    event('same actor', { created_at: at('07:10:00'), context: elsewhere }),
    event('same address', { created_at: at('07:59:00'), actor: other }),
    event('neither', { created_at: at('08:00:00'), actor: other, context: elsewhere }),
    event('it'),
    event('both', { created_at: at('09:00:00') }),
    event('late', { created_at: at('09:00:01') }),
  ]

  test.concurrent('shows what the same actor and the same address did before and after', async () => {
    const { stdout } = await ask(some, '--around', 'it', '--output', 'csv')
    expect(fromCsv(stdout).map(({ gid, same }) => [gid, same])).toEqual([
      ['same actor', 'actor'],
      ['same address', 'address'],
      ['it', 'the event'],
      ['both', 'actor, address'],
    ])
    const wider = await ask(some, '--around', 'it', '--window', '90m', '--event-type', 'user_login_succeeded')
    expect(wider.stdout).toContain('▶ this event')
    expect(wider.stdout.trimEnd().split('\n').length).toBe(7)
  })

  test.concurrent('treats two actors as different if they have no gid, email address or name', async () => {
    const anonymous = { actor: { actor_type: 'anonymous' } }
    const pair = [
      event('1', anonymous),
      event('2', { ...anonymous, context: elsewhere }),
      event('3', { actor: other }),
    ]
    const { stdout } = await ask(pair, '--around', '1', '--output', 'jsonl')
    expect(gids(stdout)).toEqual(['1', '3'])
  })

  test.concurrent('works with events from Asana too', async () => {
    const simulator = await startSimulator({ events: 300 })
    const middle = simulator.events[150] as AuditLogEvent
    const { stdout, stderr } = await runCommand(['query', '--around', middle.gid, '--output', 'jsonl'], {
      ASANA_BASE_URL: simulator.url,
      ASANA_WORKSPACE: simulator.workspace,
      ASANA_TOKEN: 'simulator-token',
    })
    await simulator.close()
    expect(stderr).toBe('')
    expect(gids(stdout)).toContain(middle.gid)
  })

  test.concurrent('fails if the event does not exist', async () => {
    const { code, stdout, stderr } = await ask(some, '--around', 'nobody')
    expect([code, stdout]).toEqual([1, ''])
    expect(stderr).toContain('There is no event nobody')
  })
})

test.concurrent('events of several archives, gzip and standard input come in order of time, each once', async () => {
  const hour = (n: number) =>
    event(String(n), { created_at: `2026-01-31T${String(n).padStart(2, '0')}:00:00Z` })
  const newer = await writeArchive(file('newer.jsonl.gz'), [5, 3, 4].map(hour), { gzip: true })
  const older = await writeArchive(file('older.jsonl'), [1, 2, 3].map(hour))
  const last = await writeArchive(file('last.jsonl.gz'), [6, 1].map(hour), { gzip: true })
  const child = spawn(process.execPath, [bin, 'query', '--from', newer, older, '-', '--output', 'jsonl'])
  child.stdin.end(readFileSync(last))
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)])
  expect(gids(stdout)).toEqual(['1', '2', '3', '4', '5', '6'])
  expect(stderr).toBe('Left out 2 repeats of events already read.\n')
  const newest = await runCommand(['query', '--from', newer, older, '--last', '2', '--output', 'jsonl'])
  expect(gids(newest.stdout)).toEqual(['4', '5'])
})

test.concurrent('--workspace selects the events of one workspace from an archive of several', async () => {
  const path = file('two.jsonl')
  await writeArchive(path, [event('1')], { workspace: '11' })
  await writeArchive(path, [event('2')], { workspace: '22' })
  const { stdout } = await runCommand(['query', '--from', path, '--workspace', '22', '--output', 'jsonl'])
  expect(gids(stdout)).toEqual(['2'])
})

test.concurrent('a damaged line and a record of another program are reported, the rest is shown, and the exit status is 1', async () => {
  const path = await writeArchive(file('damaged.jsonl'), [event('1')])
  appendFileSync(path, '{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"body":{"stringValue":"hi"}}]}]}]}\n')
  appendFileSync(path, 'not JSON\n')
  appendFileSync(path, readFileSync(await writeArchive(file('later.jsonl'), [event('2')])))
  const { code, stdout, stderr } = await runCommand(['query', '--from', path, '--output', 'jsonl'])
  expect(gids(stdout)).toEqual(['1', '2'])
  expect(stderr).toContain(`${path}, line 3: it is not JSON`)
  expect(stderr).toContain('The result is not complete')
  expect(stderr).toContain('1 record of the input held no Asana audit event.')
  expect(code).toBe(1)
})

test.concurrent('half a line at the end is reported and the exit status is 0, because a runner may still be writing it', async () => {
  const path = await writeArchive(file('torn.jsonl'), [event('1')])
  appendFileSync(path, '{"resourceLogs":[{"reso')
  const { code, stdout, stderr } = await runCommand(['query', '--from', path, '--output', 'jsonl'])
  expect([code, gids(stdout)]).toEqual([0, ['1']])
  expect(stderr).toContain('line 2: half a line at the end')
})

test.concurrent('an incomplete gzip archive is reported in a sentence, and the exit status is 1', async () => {
  const path = await writeArchive(file('broken.jsonl.gz'), [event('1')], { gzip: true })
  const half = file('half.jsonl.gz')
  appendFileSync(half, readFileSync(path).subarray(0, -12))
  const { code, stderr } = await runCommand(['query', '--from', half])
  expect(code).toBe(1)
  expect(stderr).toMatch(/^✗ .*half\.jsonl\.gz is damaged gzip/)
})

test.concurrent('if nothing is found, the command says so and exits with 0', async () => {
  for (const args of [[], ['--count-by', 'actor']]) {
    const { code, stdout, stderr } = await ask([event('1')], '--actor-gid', '9', ...args)
    expect([code, stdout]).toEqual([0, ''])
    expect(stderr).toBe('Nothing found: 1 event was searched.\n')
  }
})

test.concurrent('events that Asana filtered out are not counted as searched', async () => {
  const simulator = await startSimulator({ events: 300 })
  const env = {
    ASANA_BASE_URL: simulator.url,
    ASANA_WORKSPACE: simulator.workspace,
    ASANA_TOKEN: 'simulator-token',
  }
  const messageOf = async (...args: string[]): Promise<string> =>
    (await runCommand(['query', ...args], env)).stderr
  expect(await messageOf('--actor-gid', '9', '--resource-gid', '8')).toBe(
    'Nothing found: Asana filtered by actor and resource itself and returned none. Asana does not say how many others there are.\n',
  )
  const [type = ''] = simulator.events.map(({ event_type }) => event_type)
  const count = simulator.events.filter(({ event_type }) => event_type === type).length
  expect(await messageOf('--event-type', type, '--text', 'nowhere to be found')).toContain(
    `filtered by type itself and returned ${count}, none of which matched`,
  )
  expect(await messageOf('--text', 'nowhere to be found')).toBe('Nothing found: 300 events were searched.\n')
  await simulator.close()
})

test.concurrent('every problem is reported at once, and nothing is read', async () => {
  const { code, stdout, stderr } = await runCommand([
    ...['query', '--from', '-', 'no-such-file', '--since', 'soon', '--output', 'xml', '--ip', '1.2.3'],
    ...['--last', '0', '--top', '3', '--around', '1', '--count-by', 'a,'],
  ])
  expect([code, stdout]).toEqual([2, ''])
  for (const setting of [
    '--from',
    '--since',
    '--output',
    '--ip',
    '--last',
    '--top',
    '--around',
    '--count-by',
  ])
    if (setting !== '--top') expect(stderr).toContain(`\n  ${setting}\n`)
  expect(stderr).toContain('standard input can be read only once')
})

test.concurrent('without --from, query requires the same settings as run', async () => {
  const { code, stderr } = await runCommand(['query'])
  expect(code).toBe(2)
  expect(stderr).toContain('--workspace (or ASANA_WORKSPACE)')
  expect(stderr).toContain('ASANA_TOKEN (or ASANA_TOKEN_FILE)')
})

test.concurrent('query ends without a message if its reader ends first, as head does', async () => {
  const until = Date.now()
  const many = generateEvents({ count: 5_000, from: until - day, until })
  const path = await writeArchive(file('many.jsonl'), many)
  const child = spawn(process.execPath, [bin, 'query', '--from', path, '--output', 'jsonl'])
  child.stdout.once('data', () => child.stdout.destroy())
  const [stderr, [code]] = await Promise.all([text(child.stderr), once(child, 'close')])
  expect([code, stderr]).toEqual([0, ''])
})

test.concurrent('--log json writes notes as JSON', async () => {
  const { stderr } = await ask([event('1')], '--gid', '2', '--log', 'json')
  expect(JSON.parse(stderr)).toMatchObject({ level: 'info', message: 'nothing_found' })
})

test.concurrent('the help of query and of report begins with an example', async () => {
  for (const command of ['query', 'report']) {
    const { code, stdout } = await runCommand([command, '--help'])
    expect(code).toBe(0)
    expect(stdout.startsWith(`Examples:\n  asana-audit ${command} `)).toBe(true)
  }
})
