import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import type { EcsDocument } from '../../packages/schema/src/dialects/ecs.ts'
import type { OcsfEvent } from '../../packages/schema/src/dialects/ocsf.ts'
import { temporaryFolder } from '../support/commands/run-command.ts'
import { type PageShell, pageShell } from '../support/pages/page-shell.ts'
import { repository } from '../support/release/packed-packages.ts'
import { startAsana, workspace } from '../support/servers/asana-server.ts'
import { closedPort } from '../support/servers/listen.ts'
import { corpus, servedLog } from '../support/stores/corpus.ts'
import { sharedOpenSearch, testWithOpenSearch } from '../support/stores/opensearch.ts'
import { documentsIn } from '../support/stores/opensearch-index.ts'

const store = sharedOpenSearch()
const page = 'docs/stores/opensearch.md'
const { simulated, hostile } = corpus(Date.now())
const log = servedLog({ simulated: simulated.filter((_, number) => number % 4 === 0), hostile })
const ids = log.map((text) => JSON.parse(text).gid as string).toSorted()

/** The first 300 events of the log. */
const first = new Set(log.slice(0, 300).map((text) => JSON.parse(text).gid as string))

/** `changes`: what else the page says to write in place of what. */
async function shell(
  changes: Readonly<Record<string, string>> = {},
): Promise<PageShell & { folder: string }> {
  const { origin } = await store()
  const asana = await startAsana({ events: log })
  const folder = temporaryFolder()
  const replaced = { ...changes, 'http://127.0.0.1:9200': origin, '1234567890123456': workspace }
  return { ...pageShell(page, folder, { env: asana.env, replaced }), folder }
}

testWithOpenSearch(
  'the commands of the page store every event once, from a file and from Asana',
  async () => {
    const { run, blocks, folder } = await shell()
    // Half of it is in the file, and all of it is read from Asana afterwards.
    writeFileSync(join(folder, 'audit.jsonl'), log.filter((_, number) => number % 2).join('\n'))

    const printed = await run(blocks)

    const said = (text: string): string => printed[blocks.findIndex((one) => one.includes(text))]!
    expect(said('_simulate_index')).toContain('match_only_text')
    expect(said('_mapping/field')).toContain('match_only_text')
    expect(said('filter_path=version')).toContain('"number" : "2.')
    const stored = await documentsIn<EcsDocument>(await store(), 'asana-audit-ecs-*')
    expect(stored.map(({ id }) => id).toSorted()).toEqual(ids)
    expect(stored.map(({ source }) => source.event.id).toSorted()).toEqual(ids)
    expect(
      stored.filter(({ index, source }) => index !== `asana-audit-ecs-${source['@timestamp'].slice(0, 7)}`),
    ).toEqual([])
    expect(existsSync(join(folder, 'audit.ecs.jsonl'))).toBe(false)
  },
)

testWithOpenSearch('with the changes that the page names, the same commands do it in OCSF', async () => {
  const text = readFileSync(join(repository, page), 'utf8')
  const [, id = '', time = ''] =
    /For OCSF, write `ocsf` in place of `ecs` everywhere, `([^`]+)` as the id, and `([^`]+)`\./.exec(text) ??
    []
  const types = [...text.matchAll(/for OCSF ask for `([^`]+)` in place of `([^`]+)`/g)]
  expect(types).toHaveLength(2)
  const { run, blocks, folder } = await shell({
    '{{{event.id}}}': id,
    '"field": "@timestamp"': time,
    ...Object.fromEntries(types.map(([, ocsf = '', ecs]) => [ecs, ocsf])),
    ecs: 'ocsf',
  })
  writeFileSync(join(folder, 'audit.jsonl'), log.filter((_, number) => number % 2).join('\n'))

  const printed = await run(blocks)

  for (const command of ['_simulate_index', '_mapping/field'])
    expect(printed[blocks.findIndex((one) => one.includes(command))]).toContain('match_only_text')
  const stored = await documentsIn<OcsfEvent>(await store(), 'asana-audit-ocsf-*')
  expect(stored.map(({ id }) => id).toSorted()).toEqual(ids)
  expect(stored.map(({ source }) => source.metadata.uid).toSorted()).toEqual(ids)
  const month = ({ source }: (typeof stored)[0]): string => new Date(source.time).toISOString().slice(0, 7)
  expect(stored.filter((one) => one.index !== `asana-audit-ocsf-${month(one)}`)).toEqual([])
})

testWithOpenSearch('what the store did not take is loaded by the next run, with what is new', async () => {
  const opensearch = await store()
  await opensearch.ask('DELETE', 'asana-audit-*')
  const folder = temporaryFolder()
  const spool = join(folder, 'spool')
  const runOnce = async (
    origin: string,
    events: readonly string[],
    setUp: readonly string[] = [],
  ): Promise<unknown> => {
    const { env } = await startAsana({ events: [...events] })
    const { run, block } = pageShell(page, folder, { env, replaced: { 'http://127.0.0.1:9200': origin } })
    const definitions = ['export OPENSEARCH_URL', 'opensearch() {', 'load() {']
    return run([...definitions, ...setUp, 'mkdir -p spool'].map((part) => block(part)))
  }
  await expect(runOnce(await closedPort(), log.slice(0, 100))).rejects.toThrow()
  expect(readdirSync(spool).filter((name) => name.endsWith('.ecs'))).toHaveLength(1)

  const setUp = ['schema --format ecs', '_ingest/pipeline/asana-audit-ecs']
  await runOnce(opensearch.origin, log.slice(0, 300), setUp)

  expect(readdirSync(spool)).toEqual(['audit.jsonl.lock'])
  const stored = await documentsIn(opensearch, 'asana-audit-ecs-*')
  expect(stored.map(({ id }) => id).toSorted()).toEqual(ids.filter((id) => first.has(id)))
})
