import { readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { sourceDefaults } from '../../packages/core/src/source/source-options.ts'
import { completeSettings } from '../../packages/simulator/src/settings.ts'
import { packageFolders, pagesOf, withOptionTables } from '../../scripts/generate/options.ts'
import { optionReader, sourcesOf } from '../../scripts/options/interfaces.ts'

const reader = optionReader()
afterAll(() => reader.close())

const packagesWithTables = packageFolders
  .filter((folder) => pagesOf(folder).some((path) => readFileSync(path, 'utf8').includes('<!-- options: ')))
  .map((folder) => ({ folder, of: basename(folder) }))

test.each(packagesWithTables)(
  'the pages of $of have the options of the code: else run `pnpm generate:options`',
  ({ folder }) => {
    for (const [path, text] of withOptionTables(folder, reader))
      expect(readFileSync(path, 'utf8'), path).toBe(text)
  },
)

type Value = string | number | boolean | null

/** The value of a `@default`, or of a default in code; undefined for a sentence. */
function literal(written: string, constants?: ReadonlyMap<string, string>): Value | undefined {
  const words: Readonly<Record<string, Value>> = { true: true, false: false, null: null, '2 ** 20': 2 ** 20 }
  const constant = constants?.get(written)
  if (constant !== undefined) return literal(constant, constants)
  if (/^[\d_]+$/.test(written)) return Number(written.replaceAll('_', ''))
  const factors = written.replace(/ MiB$/, ' * 2 ** 20').split(' * ')
  if (factors.length < 2) return /^'(.*)'$/.exec(written)?.[1] ?? words[written]
  const numbers = factors.map((factor) => literal(factor, constants))
  return numbers.every((number) => typeof number === 'number') ? numbers.reduce((a, b) => a * b) : undefined
}

/** The defaults that the package gives to an option of this name where it destructures options. */
function inCode(packageFolder: string, option: string): Value[] {
  const given = new RegExp(`[{,]\\s*${option}(?:: \\w+)? = ('[^']*'|[\\w* ]+?)\\s*(?=[,}])`, 'g')
  return sourcesOf(packageFolder).flatMap((path) => {
    const code = readFileSync(path, 'utf8')
    const constants = new Map(
      [...code.matchAll(/^(?:export )?const (\w+)(?:: \w+)? = (.*)$/gm)].map(([, name = '', value = '']) => [
        name,
        value,
      ]),
    )
    return [...code.matchAll(given)].flatMap(([, written = '']) => literal(written, constants) ?? [])
  })
}

/** Defaults that are in an object, by package. */
const inObjects: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  core: sourceDefaults,
  simulator: { ...completeSettings({}) },
}

const interfaces = packagesWithTables.flatMap(({ folder, of }) =>
  pagesOf(folder)
    .flatMap((path) => [...readFileSync(path, 'utf8').matchAll(/<!-- options: (.*) -->/g)])
    .flatMap(([, names = '']) => names.split(', '))
    .map((name) => ({ name, folder, of })),
)

/** Published interfaces that need no table. */
const withoutTable = [
  'LineFileOptions', // those of LineFileSinkOptions, without `lines`
  'DeliverWriteOptions', // for authors of a loop of their own; the comments are their manual
  ...['OtlpEnvOptions', 'HecEnvOptions', 'PantherEnvOptions'], // what a function gives, not what it takes
]

test.each(packagesWithTables)(
  'every interface of options that $of publishes has a table in its pages',
  ({ folder, of }) => {
    const { exports } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
      exports: Record<string, string>
    }
    const entries = Object.values(exports).filter((path) => path.endsWith('.ts'))
    const published = entries.flatMap(
      (path) => readFileSync(join(folder, path), 'utf8').match(/\b\w+Options\b/g) ?? [],
    )
    const declared = sourcesOf(folder).flatMap((path) =>
      [...readFileSync(path, 'utf8').matchAll(/^export interface (\w+)/gm)].map(([, name = '']) => name),
    )
    const shown = [...withoutTable, ...interfaces.filter((one) => one.of === of).map(({ name }) => name)]
    const missing = published.filter((name) => declared.includes(name) && !shown.includes(name))
    expect([...new Set(missing)]).toEqual([])
  },
)

test.each(interfaces)(
  'every documented default of $name in $of is the default of the code',
  ({ name, folder }) => {
    const untrue = reader.optionsOf(folder, name).flatMap((option) => {
      const told = literal(option.default ?? '')
      if (told === undefined) return []
      // An inherited option has the default of the package that declares it.
      const declaring = option.file.split('/src/')[0] ?? ''
      const object = inObjects[basename(declaring)]
      const done = object && option.name in object ? [object[option.name]] : inCode(declaring, option.name)
      // An option that is left out is undefined, which counts as false.
      const isTrue = done.includes(told) || (told === false && done.length === 0)
      return isTrue ? [] : [{ option: option.name, told, done }]
    })
    expect(untrue).toEqual([])
  },
)

test('a documented default is read as its value, and a sentence as no value', () => {
  const read = (written: string): Value | undefined => literal(written, new Map([['minute', '60_000']]))
  expect(
    ['96 MiB', '96 * 2 ** 20', '30 * minute', "'gzip'", 'false', 'null', 'one of its own'].map(read),
  ).toEqual([...[96 * 2 ** 20, 96 * 2 ** 20, 1_800_000, 'gzip', false, null, undefined]])
})
