import { writeFileSync } from 'node:fs'
import { startSimulator } from '@asana-audit/simulator'
import { expect, test } from 'vitest'
import { program } from '../../src/program.ts'
import { runCommand } from '../support/run-command.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const file = temporaryFolder()

type Command = Awaited<ReturnType<typeof program>>

/** Every command that can be run, by its words. */
function commandsOf(command: Command, words: string[] = []): [string[], Command][] {
  const here = [...words, command.name()]
  return command.commands.length === 0
    ? [[here.slice(1), command]]
    : command.commands.flatMap((sub) => commandsOf(sub, here))
}

const listed = new Set([
  '--to',
  '--event-type',
  '--actor-type',
  '--category',
  '--from',
  '--rules',
  '--story',
  '--listen-host',
  '--only',
  '--archive',
  '--public-key',
])
const singles = commandsOf(await program(() => {})).flatMap(([words, { options }]) =>
  options
    .filter(({ required, long }) => required && (!listed.has(long ?? '') || words[1] === 'rewind'))
    .map(({ long }): [string, string] => [words.join(' '), long ?? '']),
)

test('these tests cover every option that takes one value', () => {
  expect(singles.length).toBeGreaterThan(80)
})

/** The arguments and flags that a command requires. */
const needed: Record<string, string[]> = {
  convert: ['--format', 'event'],
  schema: ['--format', 'panther'],
  'state rewind': ['--to', '7d'],
  'state import': ['file'],
  'state forget': ['acme'],
  'quarantine show': ['1'],
  'quarantine discard': ['1'],
}

test.for(singles)('%s: %s given twice is refused by name', async ([words, long]) => {
  let said = ''
  const command = await program(() => {
    throw new Error('It was run.')
  })
  for (const [, one] of commandsOf(command)) {
    one.configureOutput({ writeErr: (text) => (said += text) })
  }
  const all = [...words.split(' '), ...(needed[words] ?? [])]
  const twice = all.includes(long) ? [long, 'x'] : [long, 'x', long, 'x']
  const parsing = command.parseAsync([...all, ...twice], { from: 'user' })
  await expect(parsing).rejects.toMatchObject({ code: 'commander.error' })
  expect(said).toContain(`  ${long}\n      It is given 2 times`)
})

const valued = commandsOf(await program(() => {})).flatMap(([words, { options }]) =>
  options
    .filter(({ required }) => required)
    .map(({ long }): [string, string] => [words.join(' '), long ?? '']),
)

test.for(valued)('%s: %s with an empty value is refused by name', async ([words, long]) => {
  let said = ''
  const command = await program(() => {
    throw new Error('It was run.')
  })
  for (const [, one] of commandsOf(command)) {
    one.configureOutput({ writeErr: (text) => (said += text) })
  }
  const parsing = command.parseAsync([...words.split(' '), ...(needed[words] ?? []), `${long}=`], {
    from: 'user',
  })
  await expect(parsing).rejects.toMatchObject({ code: 'commander.error' })
  expect(said).toContain(`  ${long}\n      It is empty.`)
})

test('an argument that is empty is refused by name', async () => {
  const { code, stderr } = await runCommand(['convert', '--format', 'ecs', 'a.jsonl', ''])
  expect(code).toBe(2)
  expect(stderr).toMatch(/places\n +It is empty\./)
})

test('all flags that are given twice are reported at once, with exit 2', async () => {
  const { code, stderr } = await runCommand([
    ...['run', '--once', '--to', 'stdout', '--workspace', '1', '--workspace', '2'],
    ...['--config', 'a', '--config', 'b', '--config', 'c'],
  ])
  expect(code).toBe(2)
  expect(stderr).toMatch(/--config\n +It is given 3 times.*\n\n? *--workspace\n +It is given 2 times/)
})

test('a repeated --event-type delivers all its types, as a list in YAML does', async () => {
  const simulator = await startSimulator({ events: 3_000, days: 3 })
  try {
    const env = {
      ASANA_TOKEN: 'simulator-token',
      ASANA_WORKSPACE: simulator.workspace,
      ASANA_BASE_URL: simulator.url,
    }
    const types = ['user_login_failed', 'user_login_succeeded']
    const wanted = simulator.events
      .filter((event) => types.includes((event as { event_type: string }).event_type))
      .map((event) => (event as { gid: string }).gid)
    expect(wanted.length).toBeGreaterThan(1)
    const flags = types.flatMap((type) => ['--event-type', type])
    const ends = ['--to', 'stdout', '--format', 'event', '--once']
    const byFlags = await runCommand(['run', ...ends, ...flags, '--state', file('flags.db')], env)
    writeFileSync(
      file('p.yaml'),
      `state: ${file('yaml.db')}
pipelines:
  - { workspace: "${simulator.workspace}", to: stdout, format: event, filters: { event_type: [${types}] } }`,
    )
    const byYaml = await runCommand(['run', '--once', '--config', file('p.yaml')], env)
    for (const { code, stdout } of [byFlags, byYaml]) {
      const gids = stdout
        .trimEnd()
        .split('\n')
        .map((line) => (JSON.parse(line) as { gid: string }).gid)
      expect([code, gids]).toEqual([0, wanted])
    }
  } finally {
    await simulator.close()
  }
})
