import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { expect } from 'vitest'
import { startAsana, workspace } from '../support/asana-server.ts'
import { runCommand, temporaryFolder } from '../support/run-command.ts'
import { corpus, servedLog } from '../support/stores/corpus.ts'
import { type StoredLog, startVictoriaLogs, testWithVictoriaLogs } from '../support/stores/victorialogs.ts'
import { expectedForm, storedForm } from '../support/stores/victorialogs-form.ts'

const testStore = testWithVictoriaLogs()

const log = servedLog(corpus(Date.now()))
const events = log.map((json) => JSON.parse(json) as { readonly gid: string })

/** The environment of a command that delivers there, on a state of its own. */
function to(endpoint: string): Record<string, string> {
  const state = join(temporaryFolder(), 'state.db')
  return { OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: endpoint, ASANA_AUDIT_STATE: state }
}

const idOf = (record: StoredLog): string => record['log.record.uid'] ?? ''

/** Expects each event once, with every value as our mapping says. */
function expectWhole(stored: readonly StoredLog[]): void {
  const found = new Map(stored.map((record) => [idOf(record), storedForm(record)]))
  const expected = new Map(events.map((event) => [event.gid, expectedForm(event, { workspace })]))
  expect(new Set(found.keys())).toEqual(new Set(expected.keys()))
  expect(stored.length).toBe(events.length)
  const different = [...expected.keys()].filter((id) => !isDeepStrictEqual(found.get(id), expected.get(id)))
  // Only the first ones: a list of all would be a hundred pages.
  for (const id of different.slice(0, 3)) expect(found.get(id)).toEqual(expected.get(id))
  expect(different).toEqual([])
}

testStore('every event of the corpus is kept whole', async () => {
  const store = await startVictoriaLogs()
  const asana = await startAsana({ events: log })
  const run = ['run', '--once', '--to', 'otlp']

  expect(await runCommand(run, { env: { ...asana.env, ...to(store.endpoint) } })).toMatchObject({ code: 0 })

  expectWhole(await store.query('*'))
})
