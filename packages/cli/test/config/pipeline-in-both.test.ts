import { describe, expect, test } from 'vitest'
import { pipelineDocument } from '../../src/config/pipeline/pipeline-document.ts'
import type { Flags } from '../../src/config/read-settings.ts'
import { type Env, settingFiles, sorted } from '../support/setting-files.ts'

const { placed, pipelineOf, yamlFile } = settingFiles()
const asana = { ASANA_TOKEN: 'asana', ASANA_WORKSPACE: '42' }

describe('a pipeline', () => {
  /** A key of YAML, and the flags or variables that say the same. */
  const pipelineSettings: readonly { yaml: Readonly<Record<string, unknown>>; flags?: Flags; env?: Env }[] = [
    { yaml: { name: 'mine' }, flags: { name: 'mine' } },
    { yaml: { workspace: '7' }, flags: { workspace: '7' } },
    { yaml: { workspace: '7' }, env: { ASANA_WORKSPACE: '7' } },
    { yaml: { token_file: 'FOLDER/token' }, env: { ASANA_TOKEN_FILE: 'FOLDER/token' } },
    { yaml: { token_exec: ['cat', 'FOLDER/token'] }, env: { ASANA_TOKEN_EXEC: 'cat FOLDER/token' } },
    { yaml: { second_token_file: 'FOLDER/token' }, env: { ASANA_SECOND_TOKEN_FILE: 'FOLDER/token' } },
    {
      yaml: { second_token_exec: 'cat FOLDER/token' },
      env: { ASANA_SECOND_TOKEN_EXEC: '["cat", "FOLDER/token"]' },
    },
    { yaml: { base_url: 'https://a.example' }, flags: { baseUrl: 'https://a.example' } },
    { yaml: { base_url: 'https://a.example' }, env: { ASANA_BASE_URL: 'https://a.example' } },
    { yaml: { ca_file: 'FOLDER/ca' }, env: { ASANA_CA_FILE: 'FOLDER/ca' } },
    { yaml: { filters: { event_type: ['user_logged_out'] } }, flags: { eventType: ['user_logged_out'] } },
    { yaml: { filters: { actor_type: ['user'] } }, flags: { actorType: ['user'] } },
    { yaml: { filters: { actor_gid: '1' } }, flags: { actorGid: '1' } },
    { yaml: { filters: { actor_email: 'a@b.c' } }, flags: { actorEmail: 'a@b.c' } },
    { yaml: { filters: { resource_gid: '1' } }, flags: { resourceGid: '1' } },
    { yaml: { since: '2026-01-31' }, flags: { since: '2026-01-31' } },
    { yaml: { until: '9999-12-31' }, flags: { until: '9999-12-31' } },
    { yaml: { poll: '1m' }, flags: { poll: '1m' } },
    { yaml: { max_poll: '1m' }, flags: { maxPoll: '1m' } },
    { yaml: { settled_window: '1h' }, flags: { settledWindow: '1h' } },
    { yaml: { limit: 50 }, flags: { limit: '50' } },
    { yaml: { context: { user_agent: true } }, flags: { parseUserAgent: true } },
    { yaml: { context: { provenance: true } }, flags: { provenance: true } },
    { yaml: { format: 'ecs' }, flags: { format: 'ecs' } },
    { yaml: { to: 'file:/tmp/a.jsonl' }, flags: { to: ['file:/tmp/a.jsonl'] } },
    { yaml: { to: { file: { path: '/tmp/a.jsonl' } } }, flags: { to: ['file:/tmp/a.jsonl'] } },
  ]
  const inYamlAlone: Readonly<Record<string, string>> = {
    token_env: 'without YAML there is one token, in ASANA_TOKEN',
    second_token_env: 'without YAML there is one second token, in ASANA_SECOND_TOKEN',
    reread_every: 'seldom changed; a flag would suggest that one should',
    max_response_bytes: 'seldom changed; a flag would suggest that one should',
    details: 'how events are written is a lasting decision, which belongs into a file',
    fields: 'as details',
    people: 'as details',
    hash_key_file: 'as details',
    relevance: 'as details',
    detect: 'which rules run is a lasting decision, which belongs into a file',
  }

  test.each(pipelineSettings)('is the same from YAML and without it: %j', async ({ yaml, flags, env }) => {
    const document = { pipelines: [{ workspace: '42', to: 'stdout', ...placed(yaml) }] }
    const { ASANA_TOKEN: token, ...others } = asana
    const variables = { ...others, ...placed(env ?? {}) }
    const withToken =
      env?.['ASANA_TOKEN_FILE'] || env?.['ASANA_TOKEN_EXEC']
        ? variables
        : { ...variables, ASANA_TOKEN: token }
    const fromYaml = await pipelineOf({ config: yamlFile(document) }, asana)
    expect(fromYaml).toEqual(await pipelineOf({ to: ['stdout'], ...flags }, withToken))
    expect(fromYaml).not.toEqual(await pipelineOf({ to: ['stdout'] }, asana))
  })

  test('has no setting that these tests leave out', () => {
    const tested = pipelineSettings.flatMap(({ yaml }) => Object.keys(yaml))
    expect(sorted([...tested, ...Object.keys(inYamlAlone)])).toEqual(
      sorted(Object.keys(pipelineDocument.shape)),
    )
  })
})
