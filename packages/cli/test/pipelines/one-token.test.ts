import { writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { readSettings } from '../../src/config/read-settings.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const file = temporaryFolder()

/** Both of the environment's, as a service unit and a shell profile may set them. */
function both(): Record<string, string> {
  writeFileSync(file('token'), 'of-the-file')
  return { ASANA_TOKEN: 'of-the-variable', ASANA_TOKEN_FILE: file('token'), OTHER: 'of-the-other' }
}

function config(name: string, pipeline: string): string {
  writeFileSync(file(name), `pipelines: [{ workspace: 1, to: stdout, ${pipeline} }]`)
  return file(name)
}

test.each(['flags', 'YAML'])(
  'a token and a token file in the environment are a problem, with %s',
  async (form) => {
    const flags = form === 'YAML' ? { config: config('none.yaml', '') } : { to: ['stdout'], workspace: '1' }
    expect(await readSettings(flags, both())).toEqual({
      problems: [
        { setting: 'ASANA_TOKEN_FILE', message: 'ASANA_TOKEN is set as well. Keep one of the two.' },
      ],
    })
  },
)

test('a pipeline with its own token ignores the tokens of the environment', async () => {
  const env = both()
  for (const [own, token] of [
    [`token_file: ${file('token')}`, 'of-the-file'],
    ['token_env: OTHER', 'of-the-other'],
  ] as const) {
    const reading = await readSettings({ config: config('own.yaml', own) }, env)
    const [pipeline] = 'settings' in reading ? reading.settings.pipelines : []
    expect(await pipeline?.token.reader()()).toBe(token)
  }
})

test('two tokens of one pipeline are a problem of that pipeline', async () => {
  const path = config('twice.yaml', `token_file: ${file('token')}, token_env: OTHER`)
  expect(await readSettings({ config: path }, both())).toEqual({
    problems: [
      {
        setting: `${path}, line 1: pipelines[0].token_file`,
        message: 'token_env is set as well. Keep one of the two.',
      },
    ],
  })
})
