import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { describe, expect, onTestFinished, test } from 'vitest'
import { noSmallDisk, smallDisk } from '../../../../test/support/commands/full-disk.ts'
import { runCommand } from '../support/run-command.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { testPipeline } from '../support/test-pipeline.ts'

const file = temporaryFolder()
// Nothing answers there, so a run that starts would fail.
const asana = { ASANA_TOKEN: 't', ASANA_WORKSPACE: '1', ASANA_BASE_URL: 'http://127.0.0.1:1' }
const run = (args: readonly string[], env: Record<string, string> = {}) =>
  runCommand(['run', '--once', ...args], { ...asana, HOME: file('home'), ...env })

const places: [what: string, args: () => string[], setting: string, said: RegExp][] = [
  [
    'a state in a folder that is not there',
    () => ['--to', 'stdout', '--state', file('none/s.db')],
    '--state',
    /The folder \S+none does not exist \(ENOENT\)\. Create it/,
  ],
  [
    'a state that is a folder',
    () => ['--to', 'stdout', '--state', file('.')],
    '--state',
    /is a folder\. Give the path of a file in it, for example \S+state\.db/,
  ],
  [
    'a state below a file',
    () => ['--to', 'stdout', '--state', file('a-file/s.db')],
    '--state',
    /\(ENOTDIR\)\. A part of this path is a file/,
  ],
  [
    'a file in a folder that is not there',
    () => ['--to', `file:${file('none/a.jsonl')}`],
    '--to',
    /The folder \S+none does not exist \(ENOENT\)\. Create it/,
  ],
  [
    'a file that is a folder',
    () => ['--to', `file:${file('.')}`],
    '--to',
    /is a folder\. Name a file in it, for example file:/,
  ],
  [
    'an archive that is a file',
    () => ['--to', `archive:${file('a-file')}`],
    '--to',
    /is a file\. Give the path of a folder/,
  ],
  [
    'an archive in a folder that is not there',
    () => ['--to', `archive:${file('none/archive')}`],
    '--to',
    /\(ENOENT\)/,
  ],
]

test.each(places)('%s is a wrong setting, and nothing starts', async (_, args, setting, said) => {
  writeFileSync(file('a-file'), 'text')
  const { code, stdout, stderr } = await run(args())
  expect([code, stdout]).toEqual([2, ''])
  expect(stderr).toMatch(/^One problem with the configuration; nothing was started/)
  expect(stderr).toContain(`\n  ${setting}\n`)
  expect(stderr).toMatch(said)
})

describe.skipIf(process.platform === 'win32')('a pipe, a socket or a device', () => {
  test.each<[what: string, make: (path: string) => unknown]>([
    ['a pipe', (path) => execFileSync('mkfifo', [path])],
    ['a device', (path) => symlinkSync('/dev/null', path)],
    [
      'a socket',
      async (path) => {
        const server = createServer().listen(path)
        onTestFinished(() => void server.close())
        await once(server, 'listening')
      },
    ],
  ])('%s is no destination for run and check, which name standard output', async (what, make) => {
    const path = file(what.replaceAll(' ', '-'))
    await make(path)
    const said = `${path} is a pipe or a device, and not a file.`
    const ran = await run(['--to', `file:${path}`, '--state', file('of-pipes.db')])
    expect([ran.code, ran.stdout]).toEqual([2, ''])
    const words = ran.stderr.replace(/\s+/g, ' ')
    expect(words).toContain(said)
    expect(words).toContain('(--to stdout)')
    const flags = ['--to', `file:${path}`, '--state', file('of-pipes.db'), '--json']
    const checked = await runCommand(['check', ...flags], asana)
    expect(checked.code).toBe(1)
    expect(checked.stdout).toContain(said)
  })
})

test('wrong places are reported with all other problems, each with its variable or its line', async () => {
  const config = file('p.yaml')
  writeFileSync(
    config,
    `pipelines:
  - workspace: "1"
    limit: many
    to: file:none/a.jsonl
  - workspace: "2"
    name: evidence
    to: { archive: { location: none/archive } }
`,
  )
  const { code, stderr } = await run(['--config', config], { ASANA_AUDIT_STATE: file('none/s.db') })
  expect(code).toBe(2)
  expect(stderr).toContain('4 problems')
  for (const setting of [
    'line 3: pipelines[0].limit\n',
    'line 4: pipelines[0].to\n',
    'line 7: pipelines[1].to\n',
    '\n  ASANA_AUDIT_STATE\n',
  ])
    expect(stderr).toContain(setting)
  expect(readdirSync(file('.'))).not.toContain('none')
})

test.each([
  [['state', 'show']],
  [['state', 'rewind', '--to', '7d']],
  [['health']],
  [['quarantine', 'list']],
  [['verify', '--to', 'stdout']],
  [['backfill', '--to', 'stdout']],
  [['explain', '1', '--to', 'stdout']],
  [['state', 'import', import.meta.filename]],
])('%j refuses a folder in place of the state', async (command) => {
  mkdirSync(file('folder'), { recursive: true })
  const { code, stdout, stderr } = await runCommand([...command, '--state', file('folder')], asana)
  expect([code, stdout]).toEqual([2, ''])
  expect(stderr).toMatch(/--state\n +The state \S+folder is a folder\. Give the path of a file in it/)
})

test('a file that is not a state is refused with the setting that names it', async () => {
  writeFileSync(file('notes.txt'), 'my notes\n'.repeat(1_000))
  const { code, stderr } = await run(['--to', 'stdout', '--log', 'human'], {
    ASANA_AUDIT_STATE: file('notes.txt'),
  })
  expect(code).toBe(2)
  expect(stderr).toMatch(/✗ ASANA_AUDIT_STATE: The file \S+notes\.txt is not a state of asana-audit\./)
})

test('the file of the password of a database is looked for before anything connects', async () => {
  const env = { ASANA_AUDIT_STATE_PASSWORD_FILE: file('none/password') }
  for (const command of [
    ['run', '--once', '--to', 'stdout'],
    ['state', 'show'],
  ]) {
    const state = ['--state', 'postgres://user@127.0.0.1:1/none']
    const { code, stderr } = await runCommand([...command, ...state], { ...asana, ...env })
    expect(code).toBe(2)
    expect(stderr).toMatch(/\n {2}ASANA_AUDIT_STATE_PASSWORD_FILE\n.*cannot be read \(ENOENT\)/)
  }
})

test.skipIf(noSmallDisk)(
  'a disk that fails is no wrong setting: the exit status is 1, so that a service starts again',
  async () => {
    await using pipeline = await testPipeline({ events: 3 })
    const disk = await smallDisk()
    disk.makeReadOnly()
    const line = ['run', '--once', '--to', `file:${disk.path}/a.jsonl`, '--give-up-after', '1s']
    const { code, stderr } = await runCommand(line, pipeline.env, disk.inside)
    expect(stderr).toContain('EROFS')
    expect(code).toBe(1)
  },
)
