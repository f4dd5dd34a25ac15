import { writeFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import { beforeAll, describe, expect, test } from 'vitest'
import { event, writeArchive } from '../support/archive.ts'
import { type Ran, runCommand } from '../support/run-command.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const file = temporaryFolder()
const at = (day: number): string => `2026-01-0${day}T08:00:00.000Z`
const three = [1, 2, 3].map((day) => event(String(day), { created_at: at(day) }))
const lines = three.map((one) => `${JSON.stringify(one)}\n`).join('')

const forms: readonly [form: string, write: (path: string) => unknown][] = [
  ['event lines', (path) => writeFileSync(path, lines)],
  ['event lines with gzip', (path) => writeFileSync(path, gzipSync(lines))],
  ['a page of Asana', (path) => writeFileSync(path, JSON.stringify({ data: three, next_page: null }))],
  ['a page over many lines', (path) => writeFileSync(path, JSON.stringify({ data: three }, null, 2))],
  ['OTLP JSON lines', (path) => writeArchive(path, three)],
  ['OTLP JSON lines with gzip', (path) => writeArchive(path, three, { gzip: true })],
]

/** The gids that a command says of a file, or their number where it only counts. */
const commands: readonly [name: string, asked: (path: string) => Promise<unknown>, answer: unknown][] = [
  ['query', async (path) => gidsIn(await printed('query', '--json', '--from', path)), ['1', '2', '3']],
  ['convert', async (path) => gidsIn(await printed('convert', '--format', 'event', path)), ['1', '2', '3']],
  [
    'detect',
    async (path) =>
      (await printed('detect', '--json', '--rules', file('any.yml'), '--from', path)).split('\n').length - 1,
    3,
  ],
  [
    'report',
    async (path) => {
      const { stderr } = await ran('report', '--since', at(1), '--out', `${path}.html`, '--from', path)
      return stderr
    },
    expect.stringMatching(/: 3 events\.\n$/),
  ],
]

async function ran(...args: readonly string[]): Promise<Ran> {
  const done = await runCommand(args)
  if (done.code !== 0 && done.code !== 3) throw new Error(done.stderr)
  return done
}

async function printed(...args: readonly string[]): Promise<string> {
  return (await ran(...args)).stdout
}

function gidsIn(stdout: string): string[] {
  return stdout.split('\n').flatMap((line) => (line ? [(JSON.parse(line) as { gid: string }).gid] : []))
}

beforeAll(() => {
  writeFileSync(
    file('any.yml'),
    'title: Any event\nlogsource: { product: asana }\ndetection: { any: { gid|exists: true }, condition: any }\nlevel: low\n',
  )
})

describe.each(commands)('%s', (name, asked, answer) => {
  test.concurrent.each(forms)('takes %s', async (form, write) => {
    const path = file(`${name} ${form}`)
    await write(path)
    expect(await asked(path)).toEqual(answer)
  })
})

test.concurrent.each(['query', 'report', 'detect', 'convert'])(
  'the help of %s names the files that it takes',
  async (name) => {
    const help = (await printed(name, '--help')).replaceAll(/\s+/g, ' ')
    expect(help).toContain('files of event lines, pages of Asana or OTLP JSON lines, gzip too')
  },
)
