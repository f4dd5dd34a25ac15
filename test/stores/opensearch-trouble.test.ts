import { existsSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import { toEcs } from '../../packages/schema/src/dialects/ecs.ts'
import { indexTemplate } from '../../packages/schema/src/dialects/index-template.ts'
import { toOcsf } from '../../packages/schema/src/dialects/ocsf.ts'
import { toJsonText } from '../../packages/schema/src/lossless.ts'
import { temporaryFolder } from '../support/commands/run-command.ts'
import { type PageShell, pageShell } from '../support/pages/page-shell.ts'
import { corpus } from '../support/stores/corpus.ts'
import { type OpenSearch, sharedOpenSearch, testWithOpenSearch } from '../support/stores/opensearch.ts'
import { bulk, documentsIn } from '../support/stores/opensearch-index.ts'

// "If something is wrong" of docs/stores/opensearch.md: what its commands show when something is.

const store = sharedOpenSearch()
const { hostile } = corpus(Date.now())
const documents = hostile.map((event) => toJsonText(toEcs(event)))

interface Place {
  readonly opensearch: OpenSearch
  readonly folder: string
  /** Runs blocks of the page after its definitions, and gives what the last one prints. */
  run(...parts: readonly string[]): Promise<string>
}

/** The page in a folder of its own. The store has the page's template and pipeline, and no index. */
async function place(): Promise<Place> {
  const opensearch = await store()
  const folder = temporaryFolder()
  const page: PageShell = pageShell('docs/stores/opensearch.md', folder, {
    replaced: { 'http://127.0.0.1:9200': opensearch.origin },
  })
  const run = async (...parts: readonly string[]): Promise<string> => {
    const definitions = ['export OPENSEARCH_URL', 'opensearch() {', 'load() {']
    const printed = await page.run([...definitions, ...parts].map((part) => page.block(part)))
    return printed.at(-1)!
  }
  await opensearch.ask('DELETE', 'asana-audit-*')
  await run('schema --format ecs', '_ingest/pipeline/asana-audit-ecs')
  return { opensearch, folder, run }
}

testWithOpenSearch('a template that wins over ours is shown, and ours as one that has lost', async () => {
  const { opensearch, run } = await place()
  const other = { index_patterns: ['asana-*'], priority: 900, template: { mappings: { dynamic: true } } }
  await opensearch.ask('PUT', '_index_template/of-somebody-else', other)
  const shown = await run('_simulate_index')
  await opensearch.ask('DELETE', '_index_template/of-somebody-else')
  expect(shown).not.toContain('match_only_text')
  expect(shown).toMatch(/"overlapping".*asana-audit-ecs/)
  expect(await run('_simulate_index')).toContain('match_only_text')
})

testWithOpenSearch('a template of the same priority is refused, and both are named', async () => {
  const { opensearch } = await place()
  const other = { ...indexTemplate('ecs'), index_patterns: ['asana-*'] }
  const refused = opensearch.ask('PUT', '_index_template/of-somebody-else', other)
  await expect(refused).rejects.toThrow(/of-somebody-else.*asana-audit-ecs.*same priority/)
})

testWithOpenSearch('an index that is older than the template is shown by the type it has', async () => {
  const { opensearch, run } = await place()
  await opensearch.ask('PUT', 'asana-audit-ecs-2020-01', {})
  await opensearch.ask('DELETE', '_index_template/asana-audit-ecs')
  await opensearch.ask('PUT', 'asana-audit-ecs-2020-02', {
    mappings: { properties: { 'asana.audit.details': { type: 'keyword' } } },
  })
  const shown = JSON.parse(await run('_mapping/field'))
  const type = (index: string) => shown[index].mappings['asana.audit.details'].mapping.details.type
  expect(type('asana-audit-ecs-2020-01')).toBe('match_only_text')
  expect(type('asana-audit-ecs-2020-02')).toBe('keyword')

  const refused = (await bulk(opensearch, 'asana-audit-ecs-2020-02/_bulk', documents)).filter(
    ({ error }) => error,
  )
  expect(refused.length).toBeGreaterThan(0)
  expect(refused[0]?.error?.reason).toContain('immense term')
})

testWithOpenSearch('a type that the store does not know is named when the template is made', async () => {
  const { ask } = await store()
  const body = { index_patterns: ['x'], template: { mappings: { properties: { a: { type: 'flattened' } } } } }
  await expect(ask('PUT', '_index_template/x', body)).rejects.toThrow('No handler for type [flattened]')
})

testWithOpenSearch('load keeps a file while the store refuses, and says why; later it takes it', async () => {
  const { opensearch, folder, run } = await place()
  const file = join(folder, 'audit.ecs.jsonl')
  writeFileSync(file, `${documents.join('\n')}\n`)
  writeFileSync(join(folder, 'audit.jsonl'), hostile.map((event) => JSON.stringify(event)).join('\n'))
  await opensearch.ask('DELETE', '_ingest/pipeline/asana-audit-ecs')
  const failed = run('load audit.ecs.jsonl').catch((error: { stdout: string; stderr: string }) => error)
  expect(await failed).toMatchObject({
    stdout: expect.stringContaining('pipeline with id [asana-audit-ecs] does not exist'),
  })
  expect(existsSync(file)).toBe(true)

  await run('_ingest/pipeline/asana-audit-ecs', 'load audit.ecs.jsonl')
  expect(readdirSync(folder).filter((name) => name.startsWith('audit.ecs'))).toEqual([])
  expect((await documentsIn(opensearch, 'asana-audit-ecs-*')).length).toBe(hostile.length)
})

testWithOpenSearch(
  'with flat_object, unmapped of OCSF can be searched, and a long text in it is refused',
  async () => {
    const opensearch = await store()
    const mappings = { dynamic: false, properties: { unmapped: { type: 'flat_object' } } }
    await opensearch.ask('PUT', 'flat', { mappings })
    const items = await bulk(
      opensearch,
      'flat/_bulk',
      hostile.map((event) => toJsonText(toOcsf(event))),
    )
    const refused = items.flatMap(({ error }) => error?.reason ?? [])
    expect(refused.length).toBeGreaterThan(0)
    for (const reason of refused) expect(reason).toContain('immense term in field="unmapped._value"')
    await opensearch.ask('POST', 'flat/_refresh')
    const query = { query: { term: { 'unmapped.details.new_value': 'never' } } }
    expect(await opensearch.ask('POST', 'flat/_count', query)).toMatchObject({ count: 1 })
  },
)
