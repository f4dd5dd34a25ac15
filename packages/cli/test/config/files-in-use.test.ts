import {
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { readSettings } from '../../src/config/read-settings.ts'
import { runCommand } from '../support/run-command.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const file = temporaryFolder()
// Nothing answers there, so a run that starts would fail.
const asana = { ASANA_TOKEN: 't', ASANA_WORKSPACE: '1', ASANA_BASE_URL: 'http://127.0.0.1:1' }

async function problemsOf(
  flags: { to?: string[]; state?: string; config?: string },
  env: Record<string, string> = {},
): Promise<readonly { setting: string; message: string }[]> {
  const reading = await readSettings(flags, { ...(flags.config === undefined ? asana : {}), ...env })
  return 'problems' in reading ? reading.problems : []
}

/** The problems of a destination and a state. */
const together = (to: string, state: string) => problemsOf({ to: [`file:${file(to)}`], state: file(state) })

test.each([
  ['run', '--once'],
  ['backfill', '--since', '1d'],
  ['replay', '--from', import.meta.dirname],
  ['verify'],
  ['check'],
])('%s with events and state in one file is refused, and nothing is made', async (...command) => {
  const both = file(`of-${command[0]}.db`)
  const { code, stdout, stderr } = await runCommand([...command, '--to', `file:${both}`, '--state', both], {
    ...asana,
    HOME: file('home'),
  })
  expect([code, stdout]).toEqual([2, ''])
  expect(stderr).toMatch(/\n {2}--to\n +\S+\.db is the file of the state, or belongs to it \(--state\)/)
  expect(existsSync(both)).toBe(false)
})

test('config check refuses it in a settings file, and names both lines', async () => {
  const config = file('both.yaml')
  writeFileSync(
    config,
    'state: both.db\npipelines:\n  - workspace: "1"\n    token_env: T\n    to: file:both.db\n',
  )
  const { code, stderr } = await runCommand(['config', 'check', config], { T: 't' })
  expect(code).toBe(2)
  expect(stderr).toContain('line 5: pipelines[0].to')
  expect(stderr).toContain('line 1: state)')
})

test('a file that SQLite or a lock has beside the state is refused too', async () => {
  const beside = ['s.db-wal', 's.db-shm', 's.db-journal', 's.db.lock', 's.db.0123456789ab.lock']
  for (const to of beside) expect(await together(to, 's.db')).toMatchObject([{ setting: '--to' }])
  for (const to of ['s.db.jsonl', 's.db-walrus', 'as.db', 's']) expect(await together(to, 's.db')).toEqual([])
})

test('the state is found through links, and before it is there', async () => {
  mkdirSync(file('real'))
  symlinkSync(file('real'), file('linked'))
  symlinkSync('real/later.db', file('to-later'))
  expect(await together('linked/later.db', 'real/later.db')).toHaveLength(1)
  expect(await together('to-later', 'real/later.db')).toHaveLength(1)
  writeFileSync(file('real/now.db'), '')
  linkSync(file('real/now.db'), file('hard.db'))
  expect(await together('hard.db', 'real/now.db')).toHaveLength(1)
  symlinkSync('circle', file('circle'))
  expect(await together('circle', 'real/now.db')).toEqual([])
})

test('two pipelines cannot write one file, not even by two names of it', async () => {
  writeFileSync(file('one.jsonl'), '')
  linkSync(file('one.jsonl'), file('other.jsonl'))
  symlinkSync('not-yet.jsonl', file('to-not-yet.jsonl'))
  for (const [one, other] of [
    ['one.jsonl', 'other.jsonl'],
    ['not-yet.jsonl', 'to-not-yet.jsonl'],
  ] as const) {
    const to = [`file:${file(one)}`, `file:${file(other)}`]
    expect(await problemsOf({ to })).toMatchObject([{ message: expect.stringContaining('Another pipeline') }])
  }
})

test('events are not written into the settings file or a file it names', async () => {
  writeFileSync(file('token'), 'a-token\n')
  writeFileSync(file('hash-key'), 'sixteen bytes or more\n')
  const config = file('p.yaml')
  const reading = async (to: string) => {
    writeFileSync(
      config,
      `pipelines:
  - { workspace: "1", token_file: token, hash_key_file: hash-key, people: hash, name: a, to: "file:${to}" }
`,
    )
    return await problemsOf({ config })
  }
  expect(await reading('p.yaml')).toMatchObject([{ message: expect.stringContaining('--config names') }])
  for (const [to, setting] of [
    ['token', 'pipelines[0].token_file'],
    ['hash-key', 'pipelines[0].hash_key_file'],
  ] as const)
    expect(await reading(to)).toMatchObject([
      { setting: expect.stringMatching(/\.to$/), message: expect.stringContaining(`${setting} names`) },
    ])
  expect(await reading('events.jsonl')).toEqual([])
})

test('nor into a file that a variable names, unless the variable is only part of a setting', async () => {
  writeFileSync(file('secret'), 'a-token\n')
  const env = { ASANA_TOKEN: '', ASANA_TOKEN_FILE: file('secret') }
  expect(await problemsOf({ to: [`file:${file('secret')}`] }, env)).toMatchObject([
    { setting: '--to', message: expect.stringContaining('ASANA_TOKEN_FILE names') },
  ])
  writeFileSync(
    file('variable.yaml'),
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is a variable of the settings file.
    'pipelines: [{ workspace: "1", token_env: T, to: "file:${EVENTS_FILE}" }]',
  )
  const events = { T: 't', EVENTS_FILE: file('events.jsonl') }
  expect(await problemsOf({ config: file('variable.yaml') }, events)).toEqual([])
})

describe('the folder of an archive', () => {
  const inArchive = (path: string, state: string, env = {}) =>
    problemsOf({ to: [`archive:${path}`], state }, env)

  test.each([['run', '--once'], ['backfill', '--since', '1d'], ['check']])(
    'is refused by %s if the state is inside, both settings are named, and nothing is made',
    async (...command) => {
      const folder = file(`archive-of-${command[0]}`)
      const flags = ['--to', `archive:${folder}`, '--state', join(folder, 'state.db')]
      const { code, stdout, stderr } = await runCommand([...command, ...flags], {
        ...asana,
        HOME: file('home'),
      })
      expect([code, stdout]).toEqual([2, ''])
      const said = stderr.replaceAll(/\s+/g, ' ')
      expect(said).toContain(
        `--to --state names ${join(folder, 'state.db')}, which is inside the folder of this archive`,
      )
      expect(said).toContain(`for example archive:${join(folder, 'archive')}.`)
      expect(existsSync(folder)).toBe(false)
    },
  )

  test.each([
    ['replay', '--from', ['--to', 'stdout']],
    ['explain', '--archive', ['7', '--to', 'stdout']],
  ] as const)(
    'is refused by %s, which reads it, if the state is inside, and no state is made',
    async (command, setting, flags) => {
      const folder = file(`archive-for-${command}`)
      mkdirSync(join(folder, '_manifest'), { recursive: true })
      const state = join(folder, 'state.db')
      const { code, stdout, stderr } = await runCommand(
        [command, setting, `archive:${folder}`, ...flags, '--state', state],
        { ...asana, HOME: file('home') },
      )
      expect([code, stdout]).toEqual([2, ''])
      const said = stderr.replaceAll(/\s+/g, ' ')
      expect(said).toContain(
        `${setting} --state names ${state}, which is inside the folder of this archive, ${folder}.`,
      )
      expect(said).toContain('Put the file elsewhere.')
      expect(readdirSync(folder)).toEqual(['_manifest'])
    },
  )

  test('is refused by replay if the events would go into a file inside', async () => {
    const folder = file('archive-and-events')
    mkdirSync(join(folder, '_manifest'), { recursive: true })
    const to = `file:${join(folder, 'events.jsonl')}`
    const words = ['replay', '--from', folder, '--to', to, '--state', file('s.db')]
    const { code, stderr } = await runCommand(words, { ...asana, HOME: file('home') })
    expect(code).toBe(2)
    expect(stderr.replaceAll(/\s+/g, ' ')).toContain(
      `--from --to names ${join(folder, 'events.jsonl')}, which`,
    )
  })

  test('is refused by archive verify if the state that has its head is inside', async () => {
    const folder = file('archive-with-state')
    mkdirSync(join(folder, '_manifest'), { recursive: true })
    const state = join(folder, 'state.db')
    writeFileSync(state, '')
    const words = ['archive', 'verify', folder, '--state', state]
    const { code, stdout, stderr } = await runCommand(words, { HOME: file('home') })
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr.replaceAll(/\s+/g, ' ')).toContain(`location --state names ${state}, which is inside`)
    expect(readdirSync(folder).toSorted()).toEqual(['_manifest', 'state.db'])
  })

  test('has one problem for a state inside, even if settings write it and replay reads it', async () => {
    const folder = file('written-and-read')
    mkdirSync(join(folder, '_manifest'), { recursive: true })
    writeFileSync(
      file('both.yaml'),
      `state: ${join(folder, 'state.db')}\npipelines: [{ workspace: "1", token_env: ASANA_TOKEN, to: { archive: { location: ${folder} } } }, { workspace: "1", token_env: ASANA_TOKEN, to: stdout }]`,
    )
    const words = ['replay', '--from', folder, '--config', file('both.yaml')]
    const { code, stderr } = await runCommand(words, { ...asana, HOME: file('home') })
    expect(code).toBe(2)
    expect(stderr.replaceAll(/\s+/g, ' ').match(/is inside the folder of this archive/g)).toHaveLength(1)
  })

  test('may be beside the state, and another may have a name that begins with its name', async () => {
    expect(await inArchive(file('all/archive'), file('all/state.db'))).toEqual([])
    expect(await inArchive(file('all/archive'), file('all/archive.db'))).toEqual([])
    expect(await inArchive(file('all/archive'), file('all/archive/..db'))).toHaveLength(1)
    const to = [`archive:${file('a')}`, `archive:${file('a-b')}`, `file:${file('a.jsonl')}`]
    expect(await problemsOf({ to, state: file('s.db') })).toEqual([])
  })

  test('is found through links, and before it is there', async () => {
    mkdirSync(file('disk'))
    symlinkSync(file('disk'), file('to-disk'))
    expect(await inArchive(file('to-disk/new/archive'), file('disk/new/archive/deep/state.db'))).toHaveLength(
      1,
    )
    expect(await inArchive(file('disk/new/archive'), file('to-disk/new/archive/state.db'))).toHaveLength(1)
    expect(await inArchive(file('to-disk/new/archive'), file('disk/new/state.db'))).toEqual([])
  })

  test('holds no file of a token, no settings file, no events and no other archive', async () => {
    mkdirSync(file('evidence'))
    writeFileSync(file('evidence/token'), 'a-token\n')
    const token = { ASANA_TOKEN: '', ASANA_TOKEN_FILE: file('evidence/token') }
    expect(await inArchive(file('evidence'), file('s.db'), token)).toMatchObject([
      { setting: '--to', message: expect.stringContaining('ASANA_TOKEN_FILE names') },
    ])
    const config = file('evidence/p.yaml')
    writeFileSync(
      config,
      'pipelines: [{ workspace: "1", token_file: token, to: { archive: { location: . } } }]',
    )
    const found = await problemsOf({ config })
    expect(found).toMatchObject([
      {
        setting: expect.stringMatching(/location$|\.to$|archive$/),
        message: expect.stringContaining('--config names'),
      },
      { message: expect.stringContaining('pipelines[0].token_file names') },
    ])
    const inside = [
      `archive:${file('evidence')}`,
      `file:${file('evidence/e.jsonl')}`,
      `archive:${file('evidence/b')}`,
    ]
    expect((await problemsOf({ to: inside, state: file('s.db') })).map(({ message }) => message)).toEqual([
      expect.stringContaining(`--to names ${file('evidence/e.jsonl')}`),
      expect.stringContaining(`--to names ${file('evidence/b')}`),
    ])
  })
})

test('run appends to no text of another program, and check says the same', async () => {
  writeFileSync(file('notes.txt'), 'one\ntwo\n')
  const flags = ['--to', `file:${file('notes.txt')}`, '--state', file('n.db')]
  const said = 'begins with a line that is not a JSON object, so it was not changed. Choose another path.'
  const ran = await runCommand(['run', '--once', ...flags], asana)
  expect(ran).toMatchObject({ code: 2, stdout: '' })
  expect(ran.stderr.replace(/\s+/g, ' ')).toContain(said)
  const checked = await runCommand(['check', ...flags, '--json'], asana)
  expect(checked.code).toBe(1)
  expect(checked.stdout).toContain(said)
  expect(readFileSync(file('notes.txt'), 'utf8')).toBe('one\ntwo\n')
  expect(existsSync(file('n.db'))).toBe(false)
  expect(existsSync(file('notes.txt.lock'))).toBe(false)
})
