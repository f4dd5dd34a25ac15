import { readFileSync, writeFileSync } from 'node:fs'
import { applyFieldPolicy, defaultFieldPolicy, keepAll, toLogRecord } from '@asana-audit/schema'
import { asimCollectionRule } from '@asana-audit/schema/dialects/asim'
import { toCim } from '@asana-audit/schema/dialects/cim'
import { toPanther } from '@asana-audit/schema/dialects/panther'
import { type Simulator, startSimulator } from '@asana-audit/simulator'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readSettings } from '../../src/config/read-settings.ts'
import { dialects } from '../../src/dialect.ts'
import { event, writeArchive } from '../support/archive.ts'
import { runCommand } from '../support/run-command.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const file = temporaryFolder()

let simulator: Simulator
let env: Record<string, string> = {}
beforeAll(async () => {
  simulator = await startSimulator({ events: 120 })
  env = {
    ASANA_BASE_URL: simulator.url,
    ASANA_WORKSPACE: simulator.workspace,
    ASANA_TOKEN: 'simulator-token',
  }
})
afterAll(() => simulator.close())

function lines(text: string): Record<string, unknown>[] {
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line))
}

describe('run', () => {
  test('writes a file in a dialect, one object a line, and resumes from its position', async () => {
    const path = file('panther.jsonl')
    const args = ['run', '--once', '--to', `file:${path}`, '--format', 'panther', '--state', file('a.db')]
    expect((await runCommand(args, env)).code).toBe(0)
    expect(lines(readFileSync(path, 'utf8'))).toEqual(
      simulator.events.map((one) => toPanther(applyFieldPolicy(one, defaultFieldPolicy))),
    )
    expect((await runCommand(args, env)).code).toBe(0)
    expect(lines(readFileSync(path, 'utf8'))).toHaveLength(120)
  })

  test('writes standard output in a dialect, with the workspace and the time of reading', async () => {
    const args = ['run', '--once', '--to', 'stdout', '--format', 'ecs', '--state', file('b.db')]
    const documents = lines((await runCommand(args, env)).stdout)
    expect(documents.map((one) => (one['event'] as { id: string }).id)).toEqual(
      simulator.events.map(({ gid }) => gid),
    )
    expect(documents[0]).toMatchObject({
      organization: { id: simulator.workspace },
      event: { created: expect.stringMatching(/^\d{4}-.*Z$/) },
    })
  })
})

describe('query', () => {
  const some = [event('1'), event('2')]

  test('writes what it finds in a dialect', async () => {
    const archive = await writeArchive(file('some.jsonl'), some, { workspace: '42' })
    const ask = ['query', '--from', archive, '--workspace', '42', '--gid', '2']
    const cim = await runCommand([...ask, '--format', 'cim'])
    expect(lines(cim.stdout)).toEqual([toCim(event('2'), { workspace: '42' })])
    const otlp = await runCommand([...ask, '--format', 'otlp', '--output', 'jsonl'])
    const record = toLogRecord(event('2'), { fieldPolicy: keepAll })
    expect(otlp.stdout).toContain(JSON.stringify(record.body))
    expect(lines(otlp.stdout)).toHaveLength(1)
  })

  test('reports at once every flag that does not go with --format', async () => {
    const archive = await writeArchive(file('more.jsonl'), some)
    const args = ['--from', archive, '--format', 'leef', '--output', 'csv', '--count-by', 'actor']
    const { code, stderr } = await runCommand(['query', ...args])
    expect(code).toBe(2)
    expect(stderr).toMatch(/--format\s.*Give one of otlp, event, panther/)
    expect(stderr).toMatch(/--format\s.*Leave out --output/)
    expect(stderr).toMatch(/--format\s.*Leave out --format or --count-by/)
  })
})

describe('the setting format', () => {
  const given = {
    ASANA_TOKEN: 't',
    ASANA_WORKSPACE: '42',
    SPLUNK_HEC_URL: 'https://s',
    SPLUNK_HEC_TOKEN: 't',
  }

  test('is otlp by default and accepts every dialect', async () => {
    for (const format of [undefined, ...dialects]) {
      const reading = await readSettings({ to: ['stdout', 'file:/tmp/a.jsonl'], format }, given)
      if ('problems' in reading) throw new Error(JSON.stringify(reading.problems))
      expect(reading.settings.pipelines.map((one) => one.format)).toEqual([
        format ?? 'otlp',
        format ?? 'otlp',
      ])
    }
  })

  test.each(['otlp', 'splunk-hec'])(
    'is refused for the destination %s, which has its own format',
    async (to) => {
      const reading = await readSettings({ to: ['stdout', to], format: 'ecs' }, given)
      expect(reading).toMatchObject({
        problems: [{ setting: '--format', message: expect.stringContaining(`the destination is ${to}`) }],
      })
    },
  )

  test('is refused with the list of dialects if it is not one', async () => {
    const reading = await readSettings({ to: ['stdout'], format: 'leef' }, given)
    expect(reading).toMatchObject({
      problems: [{ setting: '--format', message: expect.stringMatching(/"leef".*otlp, event, panther/) }],
    })
  })

  test('is refused if the file holds lines in another format', async () => {
    const archive = await writeArchive(file('otlp.jsonl'), [event('1')])
    const views = file('views.jsonl')
    writeFileSync(views, '{"gid":"1"}\n')
    const mixed = async (path: string, format?: string) => {
      const reading = await readSettings({ to: [`file:${path}`], format }, given)
      return 'problems' in reading ? reading.problems : []
    }
    expect(await mixed(archive, 'ecs')).toMatchObject([
      { setting: '--format', message: expect.stringContaining('holds OTLP JSON lines') },
    ])
    expect(await mixed(views)).toMatchObject([
      { setting: '--format', message: expect.stringContaining('other than OTLP') },
    ])
    expect([await mixed(archive), await mixed(views, 'ecs'), await mixed('/nowhere', 'ecs')]).toEqual([
      [],
      [],
      [],
    ])
  })

  test('is given only in YAML, beside the destination, if there is a settings file', async () => {
    const config = file('pipelines.yaml')
    writeFileSync(config, 'pipelines:\n  - { workspace: "42", format: cim, to: [stdout, otlp] }\n')
    const reading = await readSettings({ config, format: 'ecs' }, given)
    expect(reading).toMatchObject({
      problems: [
        {
          setting: `${config}, line 2: pipelines[0].format`,
          message: expect.stringContaining('destination is otlp'),
        },
        { setting: '--format', message: expect.stringContaining('only in the file') },
      ],
    })
  })
})

describe('schema --format --name', () => {
  test('gives the schema a name of your own', async () => {
    const { stdout } = await runCommand(['schema', '--format', 'panther', '--name', 'Custom.Audit2'])
    expect(stdout).toMatch(/^schema: Custom\.Audit2\nversion: 0\n/)
    expect(stdout).toContain('name: rule_name')
  })

  test('gives the rule and the table of Sentinel a table of your own', async () => {
    const named = async (format: string) =>
      JSON.parse((await runCommand(['schema', '--format', format, '--name', 'AsanaAudit_CL'])).stdout)
    const { properties } = await named('asim')
    expect(properties.dataFlows).toMatchObject([{ outputStream: 'Custom-AsanaAudit_CL' }])
    const { schema } = (await named('asim-table')).properties
    expect(schema.name).toBe('AsanaAudit_CL')
    expect(schema.columns).toEqual(properties.streamDeclarations['Custom-AsanaAudit'].columns)
  })

  test('without a name writes to the tables of Sentinel, and a table needs one', async () => {
    const { stdout } = await runCommand(['schema', '--format', 'asim'])
    expect(JSON.parse(stdout)).toEqual(asimCollectionRule())
    const { code, stderr } = await runCommand(['schema', '--format', 'asim-table'])
    expect([code, stderr]).toEqual([2, expect.stringContaining('AsanaAudit_CL')])
  })

  test.each([
    ['panther', 'Asana.Audit', 'Custom.AsanaAudit'],
    ['panther', 'Custom.asana', 'starts with a capital letter'],
    ['json-schema', 'Custom.Asana', '--format panther'],
    ['asim', 'AsanaAudit', 'AsanaAudit_CL'],
    ['asim-table', '1Asana_CL', 'AsanaAudit_CL'],
  ])('%s with the name %s is exit 2', async (format, name, says) => {
    const { code, stdout, stderr } = await runCommand(['schema', '--format', format, '--name', name])
    expect([code, stdout, stderr]).toEqual([2, '', expect.stringContaining(says)])
  })
})
