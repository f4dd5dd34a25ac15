import { readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gunzipSync } from 'node:zlib'
import { expect, onTestFinished, test } from 'vitest'
import { readSettings } from '../../src/config/read-settings.ts'
import { openDestination } from '../../src/pipelines/open-destination.ts'
import type { Warning } from '../../src/terminal/problem.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const file = temporaryFolder()
const env = { ASANA_TOKEN: 't', SPLUNK_HEC_TOKEN: 't' }

const failed = {
  gid: '1',
  created_at: '2026-01-02T03:04:05Z',
  event_type: 'user_login_failed',
  event_category: 'logins',
  actor: { actor_type: 'user' },
}

function reading(relevance: string, to: string) {
  const config = file('p.yaml')
  writeFileSync(config, `pipelines: [{ workspace: 1, relevance: ${relevance}, to: ${to} }]`)
  return readSettings({ config }, env)
}

async function opened(relevance: string, to: string) {
  const read = await reading(relevance, to)
  if ('problems' in read) throw new Error(JSON.stringify(read.problems))
  const warnings: Warning[] = []
  const [pipeline] = read.settings.pipelines
  const { map, sink } = await openDestination(pipeline!, {}, (warning) => warnings.push(warning))
  return { record: map(failed), sink, warnings }
}

test('the relevance of a pipeline is in the records it writes', async () => {
  const path = file('audit.jsonl')
  const { record, sink } = await opened('{ L2: high }', `{ file: { path: ${path} } }`)
  await sink.write([record], new AbortController().signal)
  await sink.close()
  const [log] = JSON.parse(readFileSync(path, 'utf8')).resourceLogs[0].scopeLogs[0].logRecords
  expect(log).toMatchObject({
    severityNumber: 14,
    attributes: expect.arrayContaining([{ key: 'asana.audit.relevance', value: { stringValue: 'high' } }]),
  })
})

test.each([
  ['asana', { asana_severity_number: 14 }],
  ['otel', { 'asana.audit.relevance': 'high', 'otel.log.severity.number': 14 }],
])('the relevance is in the events it sends to Splunk in the format %s', async (format, fields) => {
  const bodies: Buffer[] = []
  const splunk = createServer(async (request, response) => {
    bodies.push(Buffer.concat(await request.toArray()))
    response.end('{"text":"Success","code":0}')
  })
  await new Promise<void>((resolve) => splunk.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void splunk.close())
  const url = `http://127.0.0.1:${(splunk.address() as AddressInfo).port}`
  const { record, sink } = await opened(
    '{ L2: high }',
    `{ splunk_hec: { url: "${url}", format: ${format} } }`,
  )
  await sink.write([record], new AbortController().signal)
  await sink.close()
  const [body = Buffer.alloc(0)] = bodies
  const text = body[0] === 0x1f ? gunzipSync(body) : body
  expect(JSON.parse(text.toString('utf8'))).toMatchObject({ fields })
})

test('an unknown event type is accepted, with a warning that names it', async () => {
  const { warnings } = await opened('{ robot_hired: high }', 'stdout')
  expect(warnings).toEqual([{ code: 'unknown_event_type', message: expect.stringContaining('robot_hired') }])
})

test('an event type that is similar to a known one is refused, with the name of the known one', async () => {
  const read = await reading('{ user_login_faild: high }', 'stdout')
  expect(read).toMatchObject({
    problems: [
      {
        setting: expect.stringContaining('pipelines[0].relevance'),
        message: expect.stringContaining('the nearest is "user_login_failed"'),
      },
    ],
  })
})

test('every problem is reported at once, with a good value', async () => {
  const read = await reading('{ S20: low, L2: grave, 7: 8 }', 'kafka')
  const problems = 'problems' in read ? read.problems : []
  expect(problems.map(({ setting }) => setting.replace(/.*: /, ''))).toEqual([
    'pipelines[0].relevance.7',
    'pipelines[0].relevance.S20',
    'pipelines[0].relevance.L2',
    'pipelines[0].to',
  ])
  const messages = problems.map(({ message }) => message).join()
  for (const name of ['"S20"', '"grave"', '"7"', 'user_login_failed', 'medium'])
    expect(messages).toContain(name)
})

test('a value that is not a map is refused', async () => {
  const read = await reading('high', 'stdout')
  expect('problems' in read && read.problems[0]).toEqual({
    setting: expect.stringContaining('pipelines[0].relevance'),
    message:
      '"high" cannot be used. Give a map from event types, families or categories to informational, low, medium, high or critical, for example user_login_failed: medium.',
  })
})
