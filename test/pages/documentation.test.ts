import { existsSync, globSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { program } from '../../packages/cli/src/program.ts'
import type { DestinationHealth } from '../../packages/core/src/write/destination-health.ts'
import { hasChangelogEntry, releasedPackages } from '../../scripts/release/packages.ts'
import { codeBlocks } from '../support/pages/readme-example.ts'

const root = join(import.meta.dirname, '../..')
const pages = globSync(
  [
    '*.md',
    'bench/README.md',
    'deploy/*/README.md',
    'docs/**/*.md',
    'examples/*/README.md',
    'packages/*/README.md',
    'packages/*/docs/*.md',
  ],
  { cwd: root },
)
const read = (page: string): string => readFileSync(join(root, page), 'utf8')

/** The anchors that GitHub gives to headings. */
function anchors(page: string): string[] {
  return [...page.matchAll(/^#+ (.*)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replaceAll(/[^\w\- ]/g, '')
      .replaceAll(' ', '-'),
  )
}

test.each(pages)('every link of %s has a target', (page) => {
  const broken: string[] = []
  for (const [, link = ''] of read(page).matchAll(/\]\(([^)\s]+)\)/g)) {
    if (/^https?:/.test(link)) continue
    const [path, anchor] = link.split('#')
    const target = path === '' ? page : join(dirname(page), path ?? '')
    const leads = existsSync(join(root, target)) && (!anchor || anchors(read(target)).includes(anchor))
    if (!leads) broken.push(link)
  }
  expect(broken).toEqual([])
})

test.each(releasedPackages(root).map(({ folder }) => folder))(
  'the README of %s has the five headings that every package has',
  (folder) => {
    const headings = [...read(`${folder}/README.md`).matchAll(/^## (.*)$/gm)].map(([, title]) => title)
    expect(headings).toEqual([
      ...['What it is', 'Install', 'An example that runs', 'Options', 'Guarantees and error codes'],
    ])
  },
)

test('CONTRIBUTING names every program that can be set up for the tests', () => {
  const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> }
  const named = [...read('CONTRIBUTING.md').matchAll(/^\| `npx -y pnpm@12 (setup:\S+)`/gm)].map(
    ([, name]) => name,
  )
  expect(named.toSorted()).toEqual(
    Object.keys(scripts)
      .filter((name) => name.startsWith('setup:'))
      .toSorted(),
  )
})

/** Variables that zsh, the shell of macOS, has for itself. A page that sets `path` takes every program away from its reader. */
const ofZsh =
  /(?:^|[\s;(])(?:argv|cdpath|commands|fpath|functions|history|manpath|options|path|pipestatus|prompt|signals|status)=/m

test.each(pages)('no command of %s sets a variable of zsh', (page) => {
  expect(codeBlocks(read(page), 'sh').filter((block) => ofZsh.test(block))).toEqual([])
})

test('the guarantees, the architecture and the code name the same states of a destination, in the same order', () => {
  const statesIn = (page: string, head: string): string[] => {
    const table =
      read(page)
        .split(head)[1]
        ?.split(/\n(?: \*)?\n/)[0] ?? ''
    return [...table.matchAll(/^(?: \* )?\| `(\w+)`/gm)].map(([, state = '']) => state)
  }
  const states: DestinationHealth<never>['state'][] = ['unproven', 'proven', 'suspect', 'paused']
  expect(statesIn('docs/guarantees.md', '| state ')).toEqual(states)
  expect(statesIn('docs/architecture.md', '| state ')).toEqual(states)
  expect(statesIn('packages/core/src/write/destination-health.ts', '| state ')).toEqual(states)
})

test('the architecture names every room of every package, and the linter knows all but the last of each', () => {
  const page = read('docs/architecture.md')
  const rules = read('biome.rooms.json')
  for (const { folder } of releasedPackages(root)) {
    const source = join(folder, 'src')
    const rooms = readdirSync(join(root, source), { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name)
    const table = page.split(`\`${source.replace('packages/', '')}\``)[1]?.split('\n`')[0] ?? ''
    expect(rooms.filter((room) => !table.includes(`\`${room}\``))).toEqual([])
    expect(rooms.filter((room) => !rules.includes(`${source}/${room}/`)).length).toBeLessThanOrEqual(1)
  }
})

const all = await program(() => {})

function helpOf(names: readonly string[]): string {
  const found = names.reduce<typeof all | undefined>(
    (parent, name) => parent?.commands.find((command) => command.name() === name),
    all,
  )
  return found?.helpInformation() ?? ''
}

/** How many of the words are the command. */
function depthOf([first = '', second = '']: readonly string[]): number {
  if (first === 'fleet') return second === 'tenant' ? 3 : 2
  return ['archive', 'state', 'quarantine', 'alarm'].includes(first) ? 2 : 1
}

test('every command and flag that the documentation names is in the help', () => {
  const helps = new Map<string, string>()
  const unknown: string[] = []
  for (const page of pages) {
    for (const line of read(page).matchAll(/(?<=^|[ /=`])asana-audit ([a-z][^\n`]*)/gm)) {
      const words = (line[1] ?? '').replace(/^asana-audit /, '').split(/\s+/)
      const names = words.slice(0, depthOf(words))
      // A sentence such as "asana-audit waits" names no command.
      if (!words.some((word) => word.startsWith('--'))) continue
      const command = names.join(' ')
      if (!helps.has(command)) helps.set(command, helpOf(names))
      const help = helps.get(command) ?? ''
      const end = words.findIndex((word) => /^[|>&#]/.test(word))
      const flags = words.slice(0, end < 0 ? words.length : end).filter((word) => word.startsWith('--'))
      if (!help.includes(`Usage: asana-audit ${command} `)) unknown.push(`${page}: ${command}`)
      for (const flag of flags) if (!help.includes(`${flag} `)) unknown.push(`${page}: ${command} ${flag}`)
    }
  }
  expect(helps.size).toBeGreaterThan(5)
  expect(unknown).toEqual([])
})

interface Needs {
  /** Our packages, by their folders. */
  readonly ours: ReadonlySet<string>
  readonly others: ReadonlySet<string>
}

/** Everything that npm installs with a package. */
function needsOf(folder: string): Needs {
  const manifest = JSON.parse(read(`packages/${folder}/package.json`)) as {
    dependencies?: Readonly<Record<string, string>>
  }
  const direct = Object.keys(manifest.dependencies ?? {})
  const ours = direct.filter((name) => name.startsWith('@asana-audit/')).map((name) => name.split('/')[1]!)
  const theirs = ours.map(needsOf)
  return {
    ours: new Set([...ours, ...theirs.flatMap((needs) => [...needs.ours])]),
    others: new Set([
      ...direct.filter((name) => !name.startsWith('@asana-audit/')),
      ...theirs.flatMap((needs) => [...needs.others]),
    ]),
  }
}

test('the table of packages says what npm installs with each of them', () => {
  const rows = [
    ...read('README.md').matchAll(/^\| \[`[^`]+`\]\(packages\/([\w-]+)\/README\.md\).*\| *([^|]*?) *\|$/gm),
  ]
  expect(rows.length).toBe(14)
  for (const [, folder = '', brings] of rows)
    expect(brings, folder).toBe([...needsOf(folder).others].sort().join(', ') || 'nothing')
})

test('the page for library users says which packages of ours each of them needs', () => {
  const [, sentence = ''] =
    /^(`schema` needs no other package of ours;.*?)\. /m.exec(read('docs/library-users.md')) ?? []
  const said = sentence.split('; ').flatMap((clause) => {
    const [who = '', what = ''] = clause.split(/ needs? /)
    const named = (text: string): string[] => [...text.matchAll(/`([\w-]+)`/g)].map(([, name = '']) => name)
    return named(who).map((name) => [name, named(what).sort()] as const)
  })
  const libraries = [
    ...[
      'archive',
      'context',
      'core',
      'detections',
      'fleet',
      'jsonl',
      'metrics',
      'otel',
      'otlp',
      'panther-http',
      'schema',
      'simulator',
      'splunk-hec',
    ],
  ]
  expect(Object.fromEntries(said)).toEqual(
    Object.fromEntries(libraries.map((name) => [name, [...needsOf(name).ours].sort()])),
  )
})

test('the release tool reads every changeset, and every package has one or an entry for its version', () => {
  const named = globSync('.changeset/*.md', { cwd: root }).flatMap((page) => {
    const [, head = ''] = /^---\n([\s\S]*?)\n---\n/.exec(read(page)) ?? []
    const lines = [...head.matchAll(/^['"]([^'"]+)['"]: (?:major|minor|patch)$/gm)]
    expect(lines, page).toHaveLength(head.trim().split('\n').length)
    return lines.map(([, name = '']) => name)
  })
  const packages = releasedPackages(root)
  const released = packages.filter((one) => hasChangelogEntry(root, one))
  const known = packages.map(({ manifest }) => manifest.name)
  expect(named.filter((name) => !known.includes(name))).toEqual([])
  expect([...new Set([...named, ...released.map(({ manifest }) => manifest.name)])].toSorted()).toEqual(
    known.toSorted(),
  )
})

test('an install compares the engines of packages with the Node of the workspace', () => {
  const text = read('pnpm-workspace.yaml')
  const checked = /^nodeVersion: (.*)$/m.exec(text)?.[1]
  expect(checked).toBeDefined()
  expect(checked).toBe(/^ {2}node: (\d.*)$/m.exec(text)?.[1])
})

test('every script that a page or a workflow runs with pnpm exists', () => {
  const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> }
  const known = [...Object.keys(scripts), 'exec', 'install', 'pack', 'publish', 'run']
  const places = [...pages, ...globSync('.github/workflows/*.yml', { cwd: root }), '.ci/run']
  const unknown = places.flatMap((place) =>
    [...read(place).matchAll(/pnpm@12 (?:--recursive )?([a-z][\w:-]*)/g)]
      .filter(([, name = '']) => !known.includes(name))
      .map(([command]) => `${place}: ${command}`),
  )
  expect(unknown).toEqual([])
})

test('CI runs the tests on the oldest Node that the packages support', () => {
  const { engines } = JSON.parse(read('release.json')) as { engines: { node: string } }
  const oldest = engines.node.replace('>=', '')
  expect(read('.github/workflows/ci.yml')).toContain(`run: .ci/run ${oldest}.0\n`)
})
