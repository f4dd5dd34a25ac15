import { readFileSync, writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { pipelineDocument } from '../../src/config/pipeline/pipeline-document.ts'
import { readSettings } from '../../src/config/read-settings.ts'
import { settingFiles } from '../support/setting-files.ts'

const { placed, yamlFile } = settingFiles()

async function digestOf(pipeline: object, before: readonly object[] = []): Promise<string | undefined> {
  const config = yamlFile(placed({ pipelines: [...before, { ...base, ...pipeline }] }))
  const reading = await readSettings({ config }, { ASANA_TOKEN: 't', OTHER: 'u', SPLUNK_HEC_TOKEN: 'v' })
  if ('problems' in reading) throw new Error(JSON.stringify(reading.problems))
  return reading.settings.pipelines.at(-1)?.digest
}

const base = { name: 'a', workspace: '1', to: { otlp: { headers: { authorization: 'Bearer one' } } } }

const changed: Readonly<Record<string, unknown>> = {
  workspace: '2',
  token_file: 'FOLDER/token',
  token_env: 'OTHER',
  token_exec: 'cat FOLDER/token',
  second_token_file: 'FOLDER/token',
  second_token_env: 'OTHER',
  second_token_exec: 'cat FOLDER/token',
  base_url: 'https://asana.example/api/1.0',
  ca_file: 'FOLDER/ca',
  filters: { event_type: 'user_login_failed' },
  until: '2999-01-01',
  poll: '2s',
  max_poll: '99s',
  settled_window: '46m',
  reread_every: '16m',
  limit: 7,
  max_response_bytes: 99_999,
  details: 'structured',
  fields: { 'context.client_ip_address': 'drop' },
  people: 'drop',
  hash_key_file: 'FOLDER/token-of-16-bytes',
  relevance: { user_login_failed: 'low' },
  context: { user_agent: true },
  detect: { level: 'high' },
  format: 'ecs',
  to: { otlp: { headers: { authorization: 'Bearer two' } } },
}

test('every setting of a pipeline but its name and since is tried', () => {
  const settings = Object.keys(pipelineDocument.shape).filter((one) => one !== 'name' && one !== 'since')
  expect(Object.keys(changed).toSorted()).toEqual(settings.toSorted())
})

test.for(Object.entries(changed))('another %s is a change of the pipeline', async ([setting, value]) => {
  writeFileSync(placed('FOLDER/token-of-16-bytes'), 'sixteen bytes are enough')
  // Only a file has a format.
  const to = setting === 'format' ? { to: 'stdout' } : {}
  expect(await digestOf({ ...to, [setting]: value })).not.toBe(await digestOf(to))
})

test('another content of the hash_key_file is a change, since it is read at the start', async () => {
  const path = placed('FOLDER/changing-hash-key')
  writeFileSync(path, 'sixteen bytes are enough')
  const before = await digestOf({ hash_key_file: path })
  writeFileSync(path, 'sixteen bytes are enough, and more')
  expect(await digestOf({ hash_key_file: path })).not.toBe(before)
})

test('another content of a rules file is a change, so SIGHUP runs the new rules', async () => {
  const path = placed('FOLDER/changing-rule.yml')
  const detect = { rules: path }
  const rule = (type: string): string =>
    `title: One\nlogsource: { product: asana, service: audit }\ndetection: { selection: { event_type: ${type} }, condition: selection }\n`
  writeFileSync(path, rule('user_login_failed'))
  const before = await digestOf({ detect })
  expect(await digestOf({ detect })).toBe(before)
  writeFileSync(path, rule('user_logged_out'))
  expect(await digestOf({ detect })).not.toBe(before)
})

test('other certificates in their files are no change, since they are read again while the pipeline runs', async () => {
  const path = placed('FOLDER/changing-ca')
  const content = readFileSync(placed('FOLDER/ca'), 'utf8')
  const to = [{ otlp: { ca_file: path } }, { splunk_hec: { url: 'https://s.example', ca_file: path } }]
  const written = { ca_file: path, to }
  writeFileSync(path, content)
  const before = await digestOf(written)
  writeFileSync(path, `${content}\n# more\n${content}`)
  expect(await digestOf(written)).toBe(before)
})

test('another token in its file is no change, since it is read again while the pipeline runs', async () => {
  const path = placed('FOLDER/changing-token')
  writeFileSync(path, 'one')
  const before = await digestOf({ token_file: path })
  writeFileSync(path, 'two')
  expect(await digestOf({ token_file: path })).toBe(before)
})

test('neither its place in the file nor an age in since is a change', async () => {
  const before = await digestOf({ since: '31d' })
  expect(await digestOf({ since: '30d' }, [{ workspace: '9', to: 'stdout' }])).toBe(before)
})
