import { writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { readNamedPipelines } from '../../src/config/named-pipelines.ts'
import { readSettings } from '../../src/config/read-settings.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const inFolder = temporaryFolder()
const env = { ASANA_TOKEN: 'token', ASANA_AUDIT_STATE: '/var/lib/audit.db', PLACE: '/var/log' }

function written(name: string, pipelines: readonly object[]): string {
  const config = inFolder(name)
  writeFileSync(config, JSON.stringify({ pipelines }))
  return config
}

test('pipelines are named as run names them, whatever their destinations are', async () => {
  const hec = { url: 'https://splunk.example.com:8088', token_env: 'ASANA_TOKEN' }
  const config = written('all.yaml', [
    { workspace: '1', to: 'stdout' },
    { name: 'named', workspace: '2', to: ['otlp', 'file:a.jsonl', { splunk_hec: hec }] },
    { name: 'alone', workspace: '3', to: [{ file: { path: `\${PLACE}/b.jsonl` } }] },
    { workspace: 4, to: [{ otlp: { endpoint: 'http://127.0.0.1:4318/v1/logs' } }, `file:\${PLACE}/c.jsonl`] },
  ])
  const reading = await readSettings({ config }, env)
  if ('problems' in reading) throw new Error(JSON.stringify(reading.problems))
  const { pipelines, statePath } = reading.settings
  const names = pipelines.map(({ name }) => name)
  expect(names).toHaveLength(7)
  expect(await readNamedPipelines({ config }, env)).toMatchObject({ names, statePath })
})

test('two pipelines with one name, and a destination that is none, are problems', async () => {
  const twice = written('twice.yaml', [
    { name: 'acme', workspace: '1', to: 'stdout' },
    { name: 'acme', workspace: '2', to: 'otlp' },
  ])
  const odd = written('odd.yaml', [{ workspace: '1', to: 'slunk-hec' }])
  expect(await readNamedPipelines({ config: twice }, env)).toMatchObject({
    problems: [{ message: 'Two pipelines are called "acme". Give each pipeline its own name.' }],
  })
  expect(await readNamedPipelines({ config: odd }, env)).toMatchObject({
    problems: [{ message: expect.stringContaining('Did you mean splunk-hec?') }],
  })
})
