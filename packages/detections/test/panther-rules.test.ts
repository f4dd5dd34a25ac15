import { spawn, spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { text } from 'node:stream/consumers'
import type { AuditLogEvent } from '@asana-audit/schema'
import { generateEvents, isStoryName, stories } from '@asana-audit/simulator'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { pantherFolder, pantherPack } from '../../../scripts/detections/panther/panther-pack.ts'
import { pantherPage } from '../../../scripts/detections/panther/panther-page.ts'
import { pythonRule } from '../../../scripts/detections/panther/python-rule.ts'
import { pythonTool } from '../../../scripts/python/location.ts'
import { type EventRule, shippedRules } from '../src/index.ts'
import { readSamples, sampleEvents } from './sample-events.ts'

const rules = await shippedRules()
const pack = pantherPack(rules)
const nameOf = ({ file }: { readonly file: string }): string => basename(file, '.yml')
const converted = rules.filter((rule): rule is EventRule => pack.files.has(`${nameOf(rule)}.py`))

/** Rules of Panther need nothing but Python, so any will do. */
const python = pythonTool('python', process.env) ?? 'python3'
const noPython = process.env['REQUIRE_PYTHON'] !== '1' && spawnSync(python, ['--version']).status !== 0

interface Asked {
  readonly paths: readonly string[]
  readonly events: readonly AuditLogEvent[]
}

/** What `rule` and `title` of these rules return, for each event in turn. */
async function inPython(asked: readonly Asked[]): Promise<[boolean, string][]> {
  const child = spawn(python, [join(import.meta.dirname, 'run_panther_rules.py')])
  child.stdin.end(JSON.stringify(asked))
  const [out, errors] = await Promise.all([text(child.stdout), text(child.stderr)])
  expect(errors).toBe('')
  return JSON.parse(out)
}

const pathOf = (rule: EventRule): string => join(pantherFolder, `${nameOf(rule)}.py`)

test('the files are what the rules give today: else run `pnpm generate:detections`', () => {
  const files = new Map([...pack.files, ['README.md', pantherPage(pack, rules)]])
  expect(readdirSync(pantherFolder).sort()).toEqual([...files.keys()].sort())
  for (const [name, made] of files) expect(readFileSync(join(pantherFolder, name), 'utf8'), name).toBe(made)
})

test('every rule about single events is converted, and every other one is listed with the reason', () => {
  const reporting = rules.filter(({ reports }) => reports)
  const left = pack.left.map(({ rule }) => rule)
  expect(converted).toEqual(reporting.filter(({ kind }) => kind === 'event'))
  expect(left).toEqual(reporting.filter(({ kind }) => kind !== 'event'))
  for (const { why } of pack.left) expect(why).toMatch(/^It .+\.$/)
})

describe.each(converted)('$title', (rule) => {
  // As a reader of YAML 1.1 sees it, which Panther's is.
  const about = parse(pack.files.get(`${nameOf(rule)}.yml`) ?? '', { version: '1.1' })

  test('has what Panther needs of a rule', () => {
    expect(about).toMatchObject({
      AnalysisType: 'rule',
      RuleID: expect.stringMatching(/^AsanaAudit\.[A-Za-z]+$/),
      Filename: `${nameOf(rule)}.py`,
      LogTypes: ['Asana.Audit'],
      Severity: expect.stringMatching(/^(Info|Low|Medium|High|Critical)$/),
      Threshold: 1,
    })
  })

  test('has every sample of the rule as a test, with the result of the rule', () => {
    const { fires, quiet } = readSamples(`${nameOf(rule)}.yml`)
    const logs = [...Object.values(fires), ...Object.values(quiet)].flatMap(sampleEvents)
    const tests = about.Tests as { Name: string; ExpectedResult: boolean; Log: AuditLogEvent }[]
    expect(tests.map(({ Log }) => Log)).toEqual(logs)
    expect(new Set(tests.map(({ Name }) => Name)).size).toBe(tests.length)
    expect(tests.map(({ ExpectedResult }) => ExpectedResult)).toEqual(logs.map(rule.matches))
    expect(tests.map(({ ExpectedResult }) => ExpectedResult)).toContain(true)
    expect(tests.map(({ ExpectedResult }) => ExpectedResult)).toContain(false)
  })
})

test.skipIf(noPython)('a real Python gives the result of every test', async () => {
  const asked = converted.map((rule) => {
    const { Tests } = parse(pack.files.get(`${nameOf(rule)}.yml`) ?? '', { version: '1.1' })
    return { path: pathOf(rule), tests: Tests as { ExpectedResult: boolean; Log: AuditLogEvent }[] }
  })
  const found = await inPython(
    asked.map(({ path, tests }) => ({ paths: [path], events: tests.map(({ Log }) => Log) })),
  )
  const expected = asked.flatMap(({ tests }) => tests.map(({ ExpectedResult }) => ExpectedResult))
  expect(found.map(([holds]) => holds)).toEqual(expected)
  expect(new Set(found.map(([, title]) => title.split(': ').at(-1)))).toEqual(new Set(['ada@example.com']))
})

test.skipIf(noPython)(
  'over simulated events with all stories, Python finds what the rules find',
  async () => {
    const until = Date.parse('2026-11-09T00:00:00Z')
    const names = Object.keys(stories).filter(isStoryName)
    const events = generateEvents({
      from: until - 7 * 86_400_000,
      until,
      count: 1_000,
      seed: 7,
      stories: names,
    })
    const found = await inPython([{ paths: converted.map(pathOf), events }])
    const expected = converted.flatMap((rule) => events.map(rule.matches))
    expect(found.map(([holds]) => holds)).toEqual(expected)
    expect(expected.filter(Boolean).length).toBeGreaterThan(20)
  },
)

test.each<[string, Record<string, unknown>, string]>([
  [
    'a placeholder',
    { selection: { event_type: '*_deleted' }, condition: 'selection' },
    'a placeholder in a text',
  ],
  ['words', { selection: ['curl'], condition: 'selection' }, 'words without a field'],
  ['a range of addresses', { s: { 'a|cidr': '192.0.2.0/24' }, condition: 's' }, 'the modifier cidr'],
  [
    'two modifiers',
    { s: { 'a|contains|all': ['x', 'y'] }, condition: 's' },
    'the modifiers contains and all',
  ],
  ['a null', { s: { a: null }, condition: 's' }, 'a value that is neither text'],
  ['an unknown identifier', { s: { a: 1 }, condition: 's and t' }, 'the word t in its condition'],
])('what it cannot convert is a reason, never another meaning: %s', (_, detection, why) => {
  expect(() => pythonRule('A rule', 'a.yml', detection as never)).toThrow(why)
})
