import { readFileSync, writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { startReceiver } from '../../../../test/support/otlp/otlp-receiver.ts'
import { ecsProblems } from '../../../schema/test/dialects/problems/ecs-problems.ts'
import { udmProblems } from '../../../schema/test/dialects/problems/udm-problems.ts'
import { startHecReceiver } from '../../../splunk-hec/test/support/hec-receiver.ts'
import { runCommand } from '../support/run-command.ts'
import { type TestPipeline, testPipeline } from '../support/test-pipeline.ts'

const rule = `
title: Something happened
id: 0b3b5b44-8a5b-4a39-9f0d-5a8f2f2f2f2f
logsource: { product: asana, service: audit }
detection: { selection: { event_type|exists: true }, condition: selection }
level: high
tags: [attack.t1078]
`

/** The names of a finding in our own form. */
const ownForm = {
  ...{ finding_id: expect.stringMatching(/^[0-9a-f]{32}$/), time: expect.stringMatching(/Z$/), count: 1 },
  rule: {
    id: '0b3b5b44-8a5b-4a39-9f0d-5a8f2f2f2f2f',
    ...{ title: 'Something happened', level: 'high', tags: ['attack.t1078'] },
  },
  ...{ pipeline: 'acme', message: expect.stringContaining('Something happened (high)'), group: {} },
  ...{ actor: expect.anything(), gids: [expect.any(String)], workspace: expect.any(String) },
}

/** Runs a pipeline with the rule, whose every event is a finding, and says how it ended. */
async function runOnce(
  { env, file }: TestPipeline,
  own: object,
): Promise<{ code: number | null; stderr: string }> {
  writeFileSync(file('rule.yml'), rule)
  const { ASANA_WORKSPACE: workspace, ASANA_BASE_URL: base_url } = env
  const one = { name: 'acme', workspace, base_url, detect: { rules: 'rule.yml' }, ...own }
  writeFileSync(file('run.yaml'), JSON.stringify({ pipelines: [one] }))
  return runCommand(['run', '--once', '--config', file('run.yaml')], env)
}

const linesOf = (path: string): Record<string, unknown>[] =>
  readFileSync(path, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>)

test('beside OTLP lines a finding is a record of its own name, which query leaves out and verify does not count', async () => {
  await using pipeline = await testPipeline({ events: 20 })
  const { env, file, simulator } = pipeline
  const archive = file('a.jsonl')
  for (const run of ['first', 'second'])
    expect({ run, ...(await runOnce(pipeline, { to: `file:${archive}` })) }).toMatchObject({ run, code: 0 })
  const records = linesOf(archive).flatMap(({ resourceLogs }) =>
    (
      resourceLogs as { scopeLogs: { scope: { name: string }; logRecords: { eventName: string }[] }[] }[]
    ).flatMap(({ scopeLogs }) =>
      scopeLogs.flatMap(({ scope, logRecords }) =>
        logRecords.map(({ eventName }) => `${scope.name} ${eventName}`),
      ),
    ),
  )
  const findings = records.filter((one) => one === 'asana-audit asana_audit.finding')
  expect([findings.length, records.length]).toEqual([20, 40])
  const { stdout, stderr } = await runCommand(['query', '--from', archive, '--format', 'event'], env)
  const found = stdout
    .trimEnd()
    .split('\n')
    .map((line) => (JSON.parse(line) as { gid: string }).gid)
  expect(found.toSorted()).toEqual(simulator.events.map(({ gid }) => gid).toSorted())
  expect(stderr).toContain('Left out 20 findings of detection rules, which stand beside the events.')
  const verified = await runCommand(['verify', '--config', file('run.yaml')], env)
  expect(verified).toMatchObject({ code: 0 })
})

test.each(['event', 'ocsf', 'ecs', 'cim', 'udm', 'asim'] as const)(
  'beside lines of %s, no finding can be taken for an event',
  async (format) => {
    await using pipeline = await testPipeline({ events: 10 })
    const archive = pipeline.file('a.jsonl')
    expect(await runOnce(pipeline, { format, to: `file:${archive}` })).toMatchObject({ code: 0 })
    const lines = linesOf(archive)
    expect(lines.length).toBe(20)
    const isFinding = {
      event: (line: Record<string, unknown>) => 'asana_audit_finding' in line,
      ocsf: (line: Record<string, unknown>) => line['class_uid'] === 2004,
      ecs: ({ event }: Record<string, unknown>) => (event as { kind: string }).kind === 'alert',
      cim: ({ tag }: Record<string, unknown>) => (tag as string[]).includes('alert'),
      udm: (line: Record<string, unknown>) =>
        (line['metadata'] as { product_name: string }).product_name === 'asana-audit',
      asim: (line: Record<string, unknown>) => line['EventSchema'] === 'AlertEvent',
    }[format]
    const findings = lines.filter(isFinding)
    expect(findings.length).toBe(10)
    if (format === 'event') {
      expect(findings.every((line) => Object.keys(line).length === 1)).toBe(true)
      expect(findings[0]?.['asana_audit_finding']).toMatchObject(ownForm)
      const read = await runCommand(['detect', '--from', archive, '--json'], pipeline.env)
      expect(read.stderr).toContain('Left out 10 findings of detection rules')
      expect(read.stderr).toContain('in 10 events.')
    }
    if (format === 'udm') expect(lines.flatMap(udmProblems)).toEqual([])
    // The copy of the schema that the tests have leaves out `rule.id` and `rule.name`.
    if (format === 'ecs') expect(findings.flatMap(({ rule: _, ...one }) => ecsProblems(one))).toEqual([])
  },
)

test('beside lines for Panther there are no findings, which is said', async () => {
  await using pipeline = await testPipeline({ events: 10 })
  const archive = pipeline.file('a.jsonl')
  const { code, stderr } = await runOnce(pipeline, { format: 'panther', to: `file:${archive}` })
  expect(code).toBe(0)
  expect(stderr).toContain('Findings are not written to this destination: Panther')
  expect(linesOf(archive).length).toBe(10)
})

test('standard output has the findings among the events', async () => {
  await using pipeline = await testPipeline({ events: 10 })
  const { env, file } = pipeline
  await runOnce(pipeline, { format: 'event', to: `file:${file('other.jsonl')}` })
  const config = JSON.parse(readFileSync(file('run.yaml'), 'utf8')) as { pipelines: object[] }
  writeFileSync(
    file('run.yaml'),
    JSON.stringify({ pipelines: [{ ...config.pipelines[0], name: 'out', to: 'stdout' }] }),
  )
  const { code, stdout } = await runCommand(['run', '--once', '--config', file('run.yaml')], env)
  const lines = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>)
  expect([code, lines.filter((line) => 'asana_audit_finding' in line).length, lines.length]).toEqual([
    0, 10, 20,
  ])
})

test('an OTLP destination gets a record with the name, time, severity and attributes of the finding', async () => {
  await using pipeline = await testPipeline({ events: 10 })
  const receiver = await startReceiver()
  const to = { otlp: { endpoint: `${receiver.origin}/v1/logs` } }
  for (const run of ['first', 'second'])
    expect({ run, ...(await runOnce(pipeline, { to })) }).toMatchObject({ run, code: 0 })
  const found = receiver.accepted.flat().filter(({ eventName }) => eventName === 'asana_audit.finding')
  expect(found.length).toBe(10)
  const { gid, created_at } = pipeline.simulator.events.at(-1)!
  const one = found.find(({ attributes }) => String(attributes.get('asana_audit.finding.gids')) === gid)!
  const { severityNumber, scope, timeUnixNano, body } = one
  expect({ severityNumber, scope }).toEqual({ severityNumber: 14, scope: 'asana-audit' })
  expect(timeUnixNano).toBe(BigInt(Date.parse(created_at)) * 1_000_000n)
  expect(body).toContain('Something happened (high): by ')
  expect(Object.fromEntries(one.attributes)).toMatchObject({
    'asana_audit.pipeline': 'acme',
    'asana_audit.finding.id': expect.stringMatching(/^[0-9a-f]{32}$/),
    'asana_audit.finding.rule': 'Something happened',
    'asana_audit.finding.rule_id': '0b3b5b44-8a5b-4a39-9f0d-5a8f2f2f2f2f',
    'asana_audit.finding.level': 'high',
    'asana_audit.finding.tags': ['attack.t1078'],
  })
})

const hecEnv = { SPLUNK_HEC_TOKEN: 'any' }
const isFinding = ({ sourcetype }: Readonly<Record<string, unknown>>): boolean =>
  sourcetype === 'asana:audit:finding'

test.each(['asana', 'otel'] as const)(
  'Splunk gets each finding once over two runs, beside events of the format %s',
  async (format) => {
    await using pipeline = await testPipeline({ events: 10 })
    const receiver = await startHecReceiver()
    const to = { splunk_hec: { url: receiver.url, format, index: 'audit', sourcetype: 'own:name' } }
    Object.assign(pipeline.env, hecEnv)
    for (const run of ['first', 'second'])
      expect({ run, ...(await runOnce(pipeline, { to })) }).toMatchObject({ run, code: 0 })
    const findings = receiver.indexed.filter(isFinding)
    expect(findings.length).toBe(10)
    expect(new Set(receiver.indexed.map(({ index }) => index))).toEqual(new Set(['audit']))
    const events = receiver.indexed.filter((one) => !isFinding(one))
    expect(new Set(events.map(({ sourcetype }) => sourcetype))).toEqual(new Set(['own:name']))
    expect(findings[0]).toMatchObject({ event: ownForm, fields: { asana_finding_level: 'high' } })
    expect(findings.map(({ time }) => time).toSorted()).toEqual(events.map(({ time }) => time).toSorted())
  },
)

test('a destination that takes no finding gets every event, and the findings once it takes them', async () => {
  await using pipeline = await testPipeline({ events: 10 })
  Object.assign(pipeline.env, hecEnv)
  let isDown = true
  const receiver = await startHecReceiver({
    answer: ({ body }) => (isDown && body.includes('asana:audit:finding') ? { status: 503 } : undefined),
  })
  const to = { splunk_hec: { url: receiver.url } }
  const first = await runOnce(pipeline, { to })
  expect(first.code).toBe(0)
  expect(first.stderr).toContain('The destination does not take a finding.')
  expect(receiver.indexed.length).toBe(10)
  isDown = false
  expect(await runOnce(pipeline, { to })).toMatchObject({ code: 0 })
  const findings = receiver.indexed.filter(isFinding)
  expect(new Set(findings.map(({ event }) => (event as { finding_id: string }).finding_id)).size).toBe(10)
  expect(receiver.indexed.length).toBe(20)
})
