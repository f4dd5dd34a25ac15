import type { OpenSearch } from './opensearch.ts'

/** A document as it is stored, and what the index knows of it: the values by which it is found. */
export interface Stored<Source> {
  readonly id: string
  readonly index: string
  readonly source: Source
  readonly fields: Readonly<Record<string, readonly unknown[]>>
}

/** What the store says of one document of a bulk request. */
export interface Item {
  readonly _id: string
  readonly status: number
  readonly error?: { readonly type: string; readonly reason: string }
}

interface Page<Source> {
  readonly _scroll_id: string
  readonly hits: {
    readonly hits: readonly {
      readonly _id: string
      readonly _index: string
      readonly _source: Source
      readonly fields?: Stored<Source>['fields']
    }[]
  }
}

/** Sends documents as one bulk request. `path` ends in `_bulk` and its parameters. */
export async function bulk(
  { ask }: OpenSearch,
  path: string,
  documents: readonly string[],
  action: 'create' | 'index' = 'index',
): Promise<Item[]> {
  const lines = documents.map((document) => `{"${action}":{}}\n${document}\n`).join('')
  const { items } = await ask<{ items: Record<string, Item>[] }>('POST', path, lines)
  return items.map((item) => item[action]!)
}

/** Every document of an index, with these fields. */
export async function documentsIn<Source>(
  { ask }: OpenSearch,
  index: string,
  fields: readonly (string | object)[] = [],
): Promise<Stored<Source>[]> {
  await ask('POST', `${index}/_refresh`)
  const stored: Stored<Source>[] = []
  const query = { size: 1_000, sort: ['_doc'], docvalue_fields: fields }
  let page = await ask<Page<Source>>('POST', `${index}/_search?scroll=5m`, query)
  while (page.hits.hits.length > 0) {
    for (const { _id, _index, _source, fields: found = {} } of page.hits.hits)
      stored.push({ id: _id, index: _index, source: _source, fields: found })
    page = await ask('POST', '_search/scroll', { scroll: '5m', scroll_id: page._scroll_id })
  }
  await ask('DELETE', '_search/scroll', { scroll_id: page._scroll_id })
  return stored
}
