import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import { toEcs } from '../../packages/schema/src/dialects/ecs.ts'
import { indexTemplate } from '../../packages/schema/src/dialects/index-template.ts'
import { applyFieldPolicy, defaultFieldPolicy } from '../../packages/schema/src/index.ts'
import { toJsonText } from '../../packages/schema/src/lossless.ts'
import type { SavedObject } from '../../scripts/dashboards/opensearch/saved-object.ts'
import { listed, type Panel, panelsIn } from '../../scripts/dashboards/panel.ts'
import { rows } from '../../scripts/dashboards/rows.ts'
import { expectShown, type Shown } from '../../test/support/dashboards/expect-shown.ts'
import { context, storedRecords, workspace } from '../../test/support/dashboards/records.ts'
import { corpus } from '../../test/support/stores/corpus.ts'
import {
  type OpenSearch,
  sharedOpenSearch,
  testWithOpenSearch,
} from '../../test/support/stores/opensearch.ts'
import { bulk } from '../../test/support/stores/opensearch-index.ts'

const day = 86_400_000
const store = sharedOpenSearch()
const objects = readFileSync(join(import.meta.dirname, 'opensearch-dashboards.ndjson'), 'utf8')
  .trimEnd()
  .split('\n')
  .map((line) => JSON.parse(line) as SavedObject)

testWithOpenSearch('every panel of OpenSearch Dashboards shows what is there', async () => {
  const opensearch = await store()
  const until = Date.now()
  const { simulated, hostile } = corpus(until)
  const events = [...simulated, ...hostile]
  await opensearch.ask('PUT', '_index_template/asana-audit-ecs', indexTemplate('ecs'))
  const documents = events.map((event) =>
    toJsonText(toEcs(applyFieldPolicy(event, defaultFieldPolicy), { workspace, context })),
  )
  const items = await bulk(opensearch, 'asana-audit-ecs-test/_bulk?refresh=true', documents)
  expect(items.filter(({ error }) => error)).toEqual([])

  const records = storedRecords(events)
  const range = { from: until - 90 * day, to: until + day }
  for (const panel of rows.flatMap((row) => panelsIn(row, 'opensearch'))) {
    expectShown(panel, await shownBy(opensearch, panel, range), records)
  }
})

interface Aggregation {
  readonly id: string
  readonly type: 'count' | 'min' | 'terms' | 'date_histogram'
  readonly params: {
    readonly field: string
    readonly size?: number
    readonly orderBy?: string
    readonly order?: string
  }
}

interface Bucket {
  readonly key: string
  readonly doc_count: number
  readonly [id: string]: unknown
}

interface Answer {
  readonly hits: {
    readonly total: { readonly value: number }
    readonly hits: readonly { readonly sort: [number] }[]
  }
  readonly aggregations?: { readonly [id: string]: { readonly buckets: readonly Bucket[] } }
}

/** What is saved of a panel: aggregations of a visualization, or the order of a search. */
function savedPanel({ title }: Panel) {
  const object = objects.find(({ attributes }) => attributes['title'] === `Asana audit log: ${title}`)
  if (!object) throw new Error(`${title} is in no saved object`)
  const {
    kibanaSavedObjectMeta,
    visState = '{}',
    sort = [],
  } = object.attributes as {
    kibanaSavedObjectMeta: { searchSourceJSON: string }
    visState?: string
    sort?: [field: string, order: string][]
  }
  const { query } = JSON.parse(kibanaSavedObjectMeta.searchSourceJSON) as { query: { query: string } }
  const { aggs = [] } = JSON.parse(visState) as { aggs?: readonly Aggregation[] }
  return { lucene: query.query, aggs, sort: sort.map(([field, order]) => ({ [field]: order })) }
}

/** Asks as OpenSearch Dashboards does for a visualization or a saved search, and reads what it shows. */
async function shownBy(
  { ask }: OpenSearch,
  panel: Panel,
  { from, to }: { from: number; to: number },
): Promise<Shown> {
  const { lucene, aggs, sort } = savedPanel(panel)
  const filter = [
    { query_string: { query: lucene, analyze_wildcard: true } },
    { range: { '@timestamp': { gte: from, lte: to, format: 'epoch_millis' } } },
  ]
  const body = { query: { bool: { filter } }, track_total_hits: true }
  const search = (more: object) => ask<Answer>('POST', 'asana-audit-ecs*/_search', { ...body, ...more })
  if (panel.kind === 'list') {
    const { hits } = await search({ size: listed, sort })
    return hits.hits.map(({ sort: [time] }) => time)
  }
  const terms = aggs.find(({ type }) => type === 'terms')
  if (!terms) return new Map([['', (await search({ size: 0 })).hits.total.value]])
  const first = aggs.find(({ type }) => type === 'min')
  const { field, size, orderBy = '', order } = terms.params
  const { aggregations } = await search({
    size: 0,
    aggs: {
      groups: {
        // The first aggregation is the count, which has no aggregation of its own.
        terms: { field, size, order: { [orderBy === '1' ? '_count' : orderBy]: order } },
        ...(first && { aggs: { [first.id]: { min: { field: first.params.field } } } }),
      },
    },
  })
  const buckets = aggregations?.['groups']?.buckets ?? []
  return new Map(
    buckets.map((bucket) => [
      bucket.key,
      first ? (bucket[first.id] as { value: number }).value : bucket.doc_count,
    ]),
  )
}
