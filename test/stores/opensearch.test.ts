import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { expect } from 'vitest'
import { type EcsDocument, toEcs } from '../../packages/schema/src/dialects/ecs.ts'
import { indexTemplate } from '../../packages/schema/src/dialects/index-template.ts'
import { type OcsfEvent, toOcsf } from '../../packages/schema/src/dialects/ocsf.ts'
import { type AuditLogEvent, applyFieldPolicy, defaultFieldPolicy } from '../../packages/schema/src/index.ts'
import { toJsonText } from '../../packages/schema/src/lossless.ts'
import { fullContext } from '../../packages/schema/test/support/full-context.ts'
import { runCommand, temporaryFolder } from '../support/commands/run-command.ts'
import { startAsana, workspace } from '../support/servers/asana-server.ts'
import { corpus, servedLog } from '../support/stores/corpus.ts'
import { sharedOpenSearch, testWithOpenSearch } from '../support/stores/opensearch.ts'
import { bulk, documentsIn, type Stored } from '../support/stores/opensearch-index.ts'

const store = sharedOpenSearch()
const log = servedLog(corpus(Date.now()))
const events = log.map((text) => JSON.parse(text) as AuditLogEvent)

/** What a run writes into a file. */
async function linesOfRun(format: string): Promise<string[]> {
  const asana = await startAsana({ events: log })
  const folder = temporaryFolder()
  const path = join(folder, 'audit.jsonl')
  const state = join(folder, 'state.db')
  const args = ['run', '--once', '--to', `file:${path}`, '--format', format, '--state', state]
  expect(await runCommand(args, { env: asana.env })).toMatchObject({ code: 0 })
  return linesOf(readFileSync(path, 'utf8'))
}

/** What `convert` makes of events in a file. */
async function linesOfConvert(format: string): Promise<string[]> {
  const path = join(temporaryFolder(), 'events.jsonl')
  writeFileSync(path, log.join('\n'))
  const { code, stdout } = await runCommand(['convert', '--format', format, '--workspace', workspace, path])
  expect(code).toBe(0)
  return linesOf(stdout)
}

function linesOf(text: string): string[] {
  return text.split('\n').filter(Boolean)
}

/** Expects every event once, as its view says, and its time, severity and type where they are searched. */
function expectWhole<Document extends object>(
  stored: readonly Stored<Document>[],
  view: (event: AuditLogEvent) => Document,
  idOf: (document: Document) => string,
  found: (document: Document, time: string) => object,
): void {
  const byId = new Map(stored.map((one) => [idOf(one.source), one]))
  expect([...byId.keys()].toSorted()).toEqual(events.map(({ gid }) => gid).toSorted())
  expect(stored.length).toBe(events.length)
  for (const whole of events) {
    const event = applyFieldPolicy(whole, defaultFieldPolicy)
    const { source, fields } = byId.get(event.gid)!
    const document = JSON.parse(toJsonText(view(event))) as Document
    // `toEqual` would take long for some megabytes, so it only tells the difference.
    if (!isDeepStrictEqual(source, document)) expect(source).toEqual(document)
    expect(fields).toEqual(found(document, String(Date.parse(event.created_at))))
  }
}

testWithOpenSearch('every event is stored as ECS has it, whole, and found by its fields', async () => {
  const opensearch = await store()
  await opensearch.ask('PUT', '_index_template/asana-audit-ecs', indexTemplate('ecs'))

  const answers = await bulk(opensearch, 'asana-audit-ecs/_bulk', await linesOfConvert('ecs'))

  expect(answers.filter(({ error }) => error)).toEqual([])
  const fields = [{ field: '@timestamp', format: 'epoch_millis' }, 'event.severity', 'event.action']
  expectWhole<EcsDocument>(
    await documentsIn(opensearch, 'asana-audit-ecs', fields),
    (event) => toEcs(event, { workspace }),
    ({ event }) => event.id,
    ({ event }, time) => ({
      '@timestamp': [time],
      'event.severity': [event.severity],
      'event.action': [event.action],
    }),
  )
})

testWithOpenSearch('every event is stored as OCSF has it, whole, and found by its fields', async () => {
  const opensearch = await store()
  await opensearch.ask('PUT', '_index_template/asana-audit-ocsf', indexTemplate('ocsf'))

  const answers = await bulk(opensearch, 'asana-audit-ocsf/_bulk', await linesOfRun('ocsf'))

  expect(answers.filter(({ error }) => error)).toEqual([])
  const fields = ['time', 'severity_id', 'metadata.event_code']
  expectWhole<OcsfEvent>(
    await documentsIn(opensearch, 'asana-audit-ocsf', fields),
    (event) => toOcsf(event, { workspace }),
    ({ metadata }) => metadata.uid,
    ({ severity_id, metadata }, time) => ({
      time: [time],
      severity_id: [severity_id],
      'metadata.event_code': [metadata.event_code],
    }),
  )
})

testWithOpenSearch.for([
  ['ecs', 'source.geo.country_iso_code:DE AND source.as.number:64496 AND user_agent.name:Chrome'],
  [
    'ocsf',
    'src_endpoint.location.country:DE AND src_endpoint.location.lat:[52 TO 53] AND src_endpoint.autonomous_system.number:64496 AND enrichments.data.user_agent.name:Chrome',
  ],
] as const)('what is known of a client is searched in %s', async ([dialect, query]) => {
  const opensearch = await store()
  const index = `asana-audit-${dialect}-context`
  await opensearch.ask('PUT', `_index_template/asana-audit-${dialect}`, indexTemplate(dialect))
  const context = () => fullContext
  const login = events.filter(({ event_type: type }) => type === 'user_login_succeeded').slice(0, 3)
  const view = dialect === 'ecs' ? toEcs : toOcsf
  const documents = login.map((event) => toJsonText(view(event, { context })))
  const answers = await bulk(opensearch, `${index}/_bulk?refresh=true`, documents)
  expect(answers.filter(({ error }) => error)).toEqual([])
  const found = await opensearch.ask('POST', `${index}/_count`, { query: { query_string: { query } } })
  expect(found).toMatchObject({ count: 3 })
})

testWithOpenSearch(
  'without the template, an index refuses events whose details it does not expect',
  async () => {
    const opensearch = await store()
    const answers = await bulk(opensearch, 'no-template/_bulk', await linesOfConvert('event'))
    const refused = answers.flatMap(({ status, error }) => (error ? [status] : []))
    expect(new Set(refused)).toEqual(new Set([400]))
    expect(refused.length).toBeGreaterThan(10)
  },
)
