import { writeFileSync } from 'node:fs'
import { asanaCursorAt } from '@asana-audit/core/backlog'
import { sqliteState } from '@asana-audit/core/sqlite-state'
import { type Simulator, startSimulator } from '@asana-audit/simulator'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readSettings } from '../../src/config/read-settings.ts'
import { type Ran, runCommand } from '../support/run-command.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const file = temporaryFolder()
let simulator: Simulator
let env: Record<string, string> = {}

beforeAll(async () => {
  simulator = await startSimulator({ events: 200 })
  env = {
    ...{
      ASANA_TOKEN: 'simulator-token',
      ASANA_WORKSPACE: simulator.workspace,
      ASANA_BASE_URL: simulator.url,
    },
    ASANA_AUDIT_STATE: file('state.db'),
  }
})
afterAll(() => simulator.close())

const command = (...args: string[]): Promise<Ran> => runCommand(args, env)

/** The text without its line breaks, which depend on the width of the terminal. */
const flat = (text: string): string => text.replaceAll(/\s+/g, ' ')

const nextYear = `${new Date().getUTCFullYear() + 1}-05-01`

describe('a time range without events is refused', () => {
  test.each([
    ['run', '--once', '--to', 'stdout'],
    ['check', '--to', 'stdout'],
    ['backfill', '--to', 'stdout'],
    ['backfill', '--to', 'stdout', '--dry-run'],
    ['verify', '--to', 'stdout'],
    ['query'],
    ['report', '--out', '-'],
    ['detect'],
  ])(
    'with %s: a since in the future, an until before since, and an until before the oldest event Asana has',
    async (...args) => {
      const { code, stderr, stdout } = await command(...args, '--since', nextYear)
      expect([code, stdout, flat(stderr)]).toEqual([
        2,
        '',
        expect.stringContaining('--since It is in the future'),
      ])
      const turned = await command(...args, '--since', '2d', '--until', '3d')
      expect([turned.code, flat(turned.stderr)]).toEqual([
        2,
        expect.stringContaining('--until It is not after since'),
      ])
      const gone = await command(...args, '--since', '300d', '--until', '200d')
      expect([gone.code, flat(gone.stderr)]).toEqual([
        2,
        expect.stringContaining('--until Asana has deleted everything before'),
      ])
    },
  )

  test('in YAML, with its line', async () => {
    writeFileSync(file('future.yaml'), `pipelines: [{ workspace: "1", to: stdout, since: ${nextYear} }]`)
    const reading = await readSettings({ config: file('future.yaml') }, { ASANA_TOKEN: 't' })
    expect(reading).toEqual({
      problems: [
        {
          setting: expect.stringContaining('pipelines[0].since'),
          message: expect.stringContaining('in the future'),
        },
      ],
    })
  })

  test('for an archive only if it is in the future: an archive may be older than what Asana keeps', async () => {
    writeFileSync(file('empty.jsonl'), '')
    const archive = ['query', '--from', file('empty.jsonl')]
    expect((await command(...archive, '--since', '300d', '--until', '200d')).code).toBe(0)
    expect((await command(...archive, '--since', nextYear)).code).toBe(2)
  })
})

describe('settings that only the first start uses', () => {
  test('are a warning at every later start, with the command to begin elsewhere', async () => {
    const run = ['run', '--once', '--log', 'human', '--to', 'stdout', '--name', 'first and later']
    const first = await command(...run, '--since', '20d')
    expect(first.code).toBe(0)
    expect(first.stderr).not.toContain('Only the first start uses since')
    const later = await command(...run, '--since', '80d')
    expect(later).toMatchObject({ code: 0, stdout: '' })
    expect(flat(later.stderr)).toMatch(
      /Only the first start uses since.*continues from 20.*asana-audit state rewind --to 20\S+ --pipeline 'first and later' --state \S+state.db/,
    )
    expect((await command(...run)).stderr).not.toContain('Only the first start uses since')
    const check = ['check', '--to', 'stdout', '--name', 'first and later', '--json']
    const findings = JSON.parse((await command(...check, '--since', '80d')).stdout) as { code?: string }[]
    expect(findings.map(({ code }) => code)).toContain('since_ignored')
    // Who gives the pipeline another address asks with no since, and is told that older events do not go there.
    const plain = JSON.parse((await command(...check)).stdout) as { what: string; message: string }[]
    expect(plain.find(({ what }) => what === 'position')).toMatchObject({
      ok: true,
      message: expect.stringMatching(
        /^It continues from 20\S+\. If the destination has a new address.*asana-audit state rewind --to 90d --pipeline 'first and later' --state \S+state.db$/,
      ),
    })
  })

  test('warn of events that Asana has deleted, at the first start, in check, backfill, query and rewind', async () => {
    const warning = 'Asana keeps events for 90 days. '
    for (const args of [
      ['run', '--once', '--to', 'stdout', '--name', 'long ago'],
      ['check', '--to', 'stdout', '--name', 'long ago, too'],
      ['backfill', '--to', 'stdout', '--name', 'long ago, again'],
      ['query', '--last', '1'],
    ]) {
      const { code, stdout, stderr } = await command(...args, '--since', '200d')
      expect([code, flat(stdout + stderr)]).toEqual([0, expect.stringContaining(warning)])
      const recent = await command(...args, '--since', '89d')
      expect(flat(recent.stdout + recent.stderr)).not.toContain(warning)
    }
    const rewind = await command('state', 'rewind', '--pipeline', 'long ago', '--to', '200d')
    expect([rewind.code, flat(rewind.stdout)]).toEqual([0, expect.stringContaining(warning)])
  })
})

test.each([
  ['run', '--once', '--to', 'stdout', '--log', 'human'],
  ['backfill', '--to', 'stdout', '--log', 'human'],
])(
  'a default state that cannot be created is a problem of the setting that could name another: %s',
  async (...args) => {
    writeFileSync(file('a-file'), '')
    const { ASANA_AUDIT_STATE: _, ...rest } = env
    const ran = await runCommand(args, { ...rest, XDG_STATE_HOME: file('a-file') })
    expect([ran.code, ran.stdout, flat(ran.stderr)]).toEqual([
      2,
      '',
      expect.stringMatching(
        / --state \(or ASANA_AUDIT_STATE\) \S+state\.db cannot be read and written \(ENOTDIR\)\. A part of this path is a file/,
      ),
    ])
  },
)

test('an until before the stored position is a warning: nothing is left to deliver', async () => {
  const run = ['run', '--once', '--log', 'human', '--to', 'stdout', '--name', 'ended', '--until', '10d']
  expect((await command(...run)).code).toBe(0)
  const { code, stderr } = await command(...run)
  expect([code, flat(stderr)]).toEqual([0, expect.stringContaining('Nothing is left to deliver')])
})

test('an until in a file from before the oldest event is a warning, and the other pipelines run', async () => {
  writeFileSync(
    file('ended.yaml'),
    `pipelines:
  - { name: ended long ago, workspace: "${simulator.workspace}", to: stdout, until: 2020-01-01 }
  - { name: goes on, workspace: "${simulator.workspace}", to: { file: { path: ${file('goes-on.jsonl')} } } }`,
  )
  const { code, stderr } = await command('run', '--once', '--log', 'human', '--config', file('ended.yaml'))
  expect([code, flat(stderr)]).toEqual([
    0,
    expect.stringMatching(/ended long ago: until: .*Nothing is left.*200 events delivered/),
  ])
})

describe('a stored position in the future', () => {
  const run = ['run', '--once', '--to', 'stdout', '--name', 'mistyped']

  test('is reported by run and check, with the command that corrects it', async () => {
    const state = sqliteState({ path: file('state.db') })
    const claim = await state.claim('mistyped')
    await claim.rewind('live', asanaCursorAt(`${nextYear}T00:00:00Z`), Number.MAX_SAFE_INTEGER)
    await claim.release()
    await state.close()
    const check = await command('check', '--to', 'stdout', '--name', 'mistyped')
    expect([check.code, flat(check.stdout)]).toEqual([
      1,
      expect.stringMatching(
        /✗ position.* begins in the future, at .*asana-audit state rewind --to 90d --pipeline mistyped/,
      ),
    ])
    const ran = await command(...run)
    expect([ran.code, ran.stdout, flat(ran.stderr)]).toEqual([
      2,
      '',
      expect.stringMatching(/position begins in the future.*state rewind/),
    ])
    expect((await command('state', 'rewind', '--pipeline', 'mistyped', '--to', '90d')).code).toBe(0)
    const corrected = await command(...run, '--format', 'event')
    expect([corrected.code, corrected.stdout.trimEnd().split('\n').length]).toEqual([0, 200])
  })

  test('cannot be set by a rewind', async () => {
    const { code, stderr } = await command('state', 'rewind', '--pipeline', 'mistyped', '--to', nextYear)
    expect([code, flat(stderr)]).toEqual([2, expect.stringContaining('--to It is in the future')])
  })
})

describe('a backfill', () => {
  test('takes its time range from the command line even with a settings file, and overrides the file', async () => {
    writeFileSync(
      file('backfill.yaml'),
      `pipelines: [{ name: b, workspace: "${simulator.workspace}", to: stdout, format: event, since: 2d }]`,
    )
    const window = ['backfill', '--config', file('backfill.yaml'), '--since', '40d', '--until', '20d']
    const { code, stdout } = await command(...window)
    const hour = 3_600_000
    const [from, to] = [40, 20].map((days) => Date.now() - days * 24 * hour) as [number, number]
    const times = stdout
      .trimEnd()
      .split('\n')
      .map((line) => Date.parse((JSON.parse(line) as { created_at: string }).created_at))
    const wanted = simulator.events
      .map((event) => Date.parse((event as { created_at: string }).created_at))
      .filter((at) => at >= from + hour && at < to - hour)
    expect(code).toBe(0)
    expect(wanted.length).toBeGreaterThan(10)
    expect(times).toEqual(expect.arrayContaining(wanted))
    expect(Math.min(...times)).toBeGreaterThan(from - hour)
    expect(Math.max(...times)).toBeLessThan(to + hour)
  })

  test('reports a problem of that range once, by its flag, together with the problems of the file', async () => {
    writeFileSync(
      file('two.yaml'),
      'pipelines: [{ workspace: "1", to: kafka }, { workspace: "2", to: stdout }]',
    )
    const { code, stderr } = await command(
      'backfill',
      '--config',
      file('two.yaml'),
      '--since',
      'soon',
      '--name',
      'x',
    )
    expect(code).toBe(2)
    expect(stderr.match(/ --since\n/g)).toHaveLength(1)
    expect(stderr).toContain('pipelines[0].to')
    expect(stderr).toContain('  --name\n')
  })
})
