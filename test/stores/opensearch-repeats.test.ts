import { expect } from 'vitest'
import { toEcs } from '../../packages/schema/src/dialects/ecs.ts'
import { indexTemplate } from '../../packages/schema/src/dialects/index-template.ts'
import { type AuditLogEvent, toLogRecord } from '../../packages/schema/src/index.ts'
import { toJsonText } from '../../packages/schema/src/lossless.ts'
import { temporaryFolder } from '../support/commands/run-command.ts'
import { pageShell } from '../support/pages/page-shell.ts'
import { corpus } from '../support/stores/corpus.ts'
import { type OpenSearch, sharedOpenSearch, testWithOpenSearch } from '../support/stores/opensearch.ts'
import { bulk, documentsIn, type Item } from '../support/stores/opensearch-index.ts'

// How repeats go away: the table of docs/stores/opensearch.md.

const store = sharedOpenSearch()
const some = corpus(Date.now()).simulated.slice(0, 20)
const documents = some.map((event) => toJsonText(toEcs(event)))
const pipeline = 'pipeline=own-id'

/** The store, with the template and a pipeline that gives each document the id of its event, and no index of a month. */
async function prepared(): Promise<OpenSearch> {
  const opensearch = await store()
  await opensearch.ask('PUT', '_index_template/asana-audit-ecs', indexTemplate('ecs'))
  const setId = { set: { field: '_id', value: '{{{event.id}}}' } }
  await opensearch.ask('PUT', '_ingest/pipeline/own-id', { processors: [setId] })
  return opensearch
}

async function countIn(opensearch: OpenSearch, index: string): Promise<number> {
  return (await documentsIn(opensearch, index)).length
}

function statuses(items: readonly Item[]): number[] {
  return [...new Set(items.map(({ status }) => status))]
}

testWithOpenSearch(
  'in a plain index, a repeat replaces the event, and with create the first stays',
  async () => {
    const opensearch = await prepared()
    const path = `asana-audit-ecs-plain/_bulk?${pipeline}`
    expect(statuses(await bulk(opensearch, path, documents))).toEqual([201])
    expect(statuses(await bulk(opensearch, path, documents))).toEqual([200])
    expect(statuses(await bulk(opensearch, path, documents, 'create'))).toEqual([409])
    expect(await countIn(opensearch, 'asana-audit-ecs-plain')).toBe(some.length)
  },
)

testWithOpenSearch('without an id of ours, a repeat is stored twice', async () => {
  const opensearch = await prepared()
  const path = 'asana-audit-ecs-no-id/_bulk'
  for (const _ of [1, 2]) expect(statuses(await bulk(opensearch, path, documents))).toEqual([201])
  expect(await countIn(opensearch, 'asana-audit-ecs-no-id')).toBe(2 * some.length)
})

testWithOpenSearch('behind an alias, a repeat after the rollover is stored twice', async () => {
  const opensearch = await prepared()
  const aliases = { 'audit-alias': { is_write_index: true } }
  await opensearch.ask('PUT', 'asana-audit-ecs-rolled-000001', { aliases })
  const path = `audit-alias/_bulk?${pipeline}`
  expect(statuses(await bulk(opensearch, path, documents))).toEqual([201])
  await opensearch.ask('POST', 'audit-alias/_rollover')
  expect(statuses(await bulk(opensearch, path, documents))).toEqual([201])
  expect(await countIn(opensearch, 'audit-alias')).toBe(2 * some.length)
})

testWithOpenSearch('a data stream takes create alone, and a repeat after its rollover', async () => {
  const opensearch = await prepared()
  const template = { ...indexTemplate('ecs'), index_patterns: ['audit-stream'], data_stream: {} }
  await opensearch.ask('PUT', '_index_template/audit-stream', template)
  const path = `audit-stream/_bulk?${pipeline}`
  const [refused] = await bulk(opensearch, path, documents)
  expect(refused).toMatchObject({ status: 400 })
  expect(refused?.error?.reason).toContain('only write ops with an op_type of create')
  expect(statuses(await bulk(opensearch, path, documents, 'create'))).toEqual([201])
  expect(statuses(await bulk(opensearch, path, documents, 'create'))).toEqual([409])
  await opensearch.ask('POST', 'audit-stream/_rollover')
  expect(statuses(await bulk(opensearch, path, documents, 'create'))).toEqual([201])
  expect(await countIn(opensearch, 'audit-stream')).toBe(2 * some.length)
})

testWithOpenSearch(
  'a script finds an id whose name has dots, where a template of text does not',
  async () => {
    const opensearch = await store()
    const text = { set: { field: '_id', value: '{{{attributes.log.record.uid}}}' } }
    await opensearch.ask('PUT', '_ingest/pipeline/text', { processors: [text] })
    const page = pageShell('docs/stores/opensearch.md', temporaryFolder(), {
      replaced: { 'http://127.0.0.1:9200': opensearch.origin },
    })
    await page.run([
      page.block('export OPENSEARCH_URL'),
      page.block('opensearch() {'),
      page.block('asana-audit-otlp'),
    ])
    const records = some.map((event: AuditLogEvent) =>
      toJsonText({ attributes: toLogRecord(event).attributes }),
    )

    const refused = await bulk(opensearch, 'otlp/_bulk?pipeline=text', records)
    expect(statuses(refused)).toEqual([400])
    for (const status of [201, 200])
      expect(statuses(await bulk(opensearch, 'otlp/_bulk?pipeline=asana-audit-otlp', records))).toEqual([
        status,
      ])
    expect((await documentsIn(opensearch, 'otlp')).map(({ id }) => id).toSorted()).toEqual(
      some.map(({ gid }) => gid).toSorted(),
    )
  },
)

testWithOpenSearch('a document without an id of OTLP is stored with one of the store', async () => {
  const opensearch = await store()
  const items = await bulk(opensearch, 'otlp-other/_bulk?pipeline=asana-audit-otlp', [
    '{"attributes":{"a":1}}',
  ])
  expect(statuses(items)).toEqual([201])
})
