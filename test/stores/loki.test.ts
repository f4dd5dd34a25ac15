import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { errorsIn, namesIn } from '../../examples/dashboards/logql.ts'
import { auditResourceAttributes, parseAuditLogEvent, toLogRecord } from '../../packages/schema/src/index.ts'
import { runCommand, temporaryFolder } from '../support/commands/run-command.ts'
import { codeBlocks } from '../support/pages/readme-example.ts'
import { repository } from '../support/release/packed-packages.ts'
import { workspace } from '../support/servers/asana-server.ts'
import { corpus, servedLog } from '../support/stores/corpus.ts'

// No Loki runs here: what docs/stores/loki.md says of our records is compared with the limits of Loki's documentation.

const page = readFileSync(join(repository, 'docs/stores/loki.md'), 'utf8')

/** Names and texts of what Loki keeps beside the line: resource, scope and record. */
const metadata = servedLog(corpus(Date.now())).map((json) => {
  const parsed = parseAuditLogEvent(JSON.parse(json))
  if ('reason' in parsed) throw new Error(parsed.reason)
  const { event } = parsed
  const { attributes, severityNumber } = toLogRecord(event)
  const scope = { scope_name: '@asana-audit/schema', scope_version: '0.0.0', severity_number: severityNumber }
  const all = Object.entries({ ...auditResourceAttributes({ workspace }), ...scope, ...attributes })
  const texts = all.map(([name, value]) => [name, typeof value === 'string' ? value : JSON.stringify(value)])
  const bytes = texts.reduce((sum, [name = '', text = '']) => sum + Buffer.byteLength(name + text), 0)
  const names = all.map(([name]) => name.replaceAll('.', '_'))
  return { event, names, entries: all.length, bytes }
})

test('a record has fewer entries than Loki takes, as many as the page says', () => {
  const [, most] = /have at most (\d+)/.exec(page) ?? []
  expect(Math.max(...metadata.map(({ entries }) => entries))).toBeLessThanOrEqual(Number(most))
  expect(Number(most)).toBeLessThan(128)
})

test('only an event whose own texts are that long has more than 64 kB of structured metadata', () => {
  const tooLarge = metadata.filter(({ bytes }) => bytes > 64_000)
  expect(tooLarge.length).toBeGreaterThan(0)
  for (const { event } of tooLarge) expect(JSON.stringify(event).length).toBeGreaterThan(20_000)
  for (const { event, bytes } of metadata)
    if (Buffer.byteLength(JSON.stringify(event)) < 15_000) expect(bytes).toBeLessThan(64_000)
})

test('the query of the page for changed records is LogQL, and asks for labels that every record has', () => {
  const [query = ''] = codeBlocks(page, 'logql')
  expect(errorsIn(query)).toEqual([])
  const asked = namesIn(query, '').filter((name) => name !== 'service_name')
  expect(asked.length).toBeGreaterThan(3)
  for (const { names } of metadata) expect(asked.filter((name) => !names.includes(name))).toEqual([])
})

test('the settings of the page are accepted', async () => {
  const [yaml = ''] = codeBlocks(page, 'yaml')
  const folder = temporaryFolder()
  const config = join(folder, 'loki.yaml')
  writeFileSync(join(folder, 'token'), 'a-token')
  writeFileSync(config, yaml.replace('/run/secrets/asana-token', join(folder, 'token')))
  expect(await runCommand(['config', 'check', config])).toMatchObject({ code: 0 })
})
