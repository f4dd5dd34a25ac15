import { writeFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { readSettings } from '../../src/config/read-settings.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const file = temporaryFolder()

/** What is wrong with the settings of one pipeline in YAML: the last part of each setting, and the message. */
async function problemsOf(lines: string, env: Record<string, string> = {}): Promise<[string, string][]> {
  writeFileSync(file('p.yaml'), `pipelines:\n  - workspace: "1"\n    ${lines.replaceAll('\n', '\n    ')}\n`)
  const reading = await readSettings({ config: file('p.yaml') }, env)
  const problems = 'problems' in reading ? reading.problems : []
  return problems.map(({ setting, message }) => [setting.slice(setting.lastIndexOf('.') + 1), message])
}

const hec = 'to: { splunk_hec: { url: "https://s.example", '

describe('a wrong source of a secret is a sentence', () => {
  test.each([
    ['token_exec: []', 'token_exec', /Give a command that prints the token, for example \[vault, kv, get/],
    ['token_exec: cat /run/token | head -1', 'token_exec', /run without a shell/],
    ['token_exec: [/nowhere/vault]', 'token_exec', /"\/nowhere\/vault", cannot be started \(ENOENT\)/],
    ['token_exec: ["false"]', 'token_exec', /"false", ended with status 1\. Run it by hand/],
    ['token_exec: [echo, Bearer x]', 'token_exec', /begins with "Bearer"/],
    ['token_env: NOWHERE', 'token_env', /The environment variable it names is not set/],
    [
      'token_env: T\nsecond_token_file: /nowhere/token',
      'second_token_file',
      /\(\/nowhere\/token\) cannot be read \(ENOENT\)/,
    ],
    [
      'token_env: T\nsecond_token_env: T\nsecond_token_exec: [cat]',
      'second_token_exec',
      /^second_token_env is set as well/,
    ],
  ])('%s', async (lines, setting, message) => {
    const problems = await problemsOf(`${lines}\nto: stdout`, { T: 'token', ASANA_TOKEN: 'token' })
    expect(problems).toEqual([[setting, expect.stringMatching(message)]])
  })

  test.each([
    ['token_exec: ["true"] } }', 'token_exec', /"true", printed nothing/],
    ['token_env: NOWHERE } }', 'token_env', /The environment variable it names is not set/],
    ['token_env: T, second_token_exec: [1] } }', 'second_token_exec', /Give a command/],
    ['index: audit } }', 'token_file|SPLUNK_HEC_TOKEN', /is missing/],
  ])('splunk_hec: %s', async (rest, setting, message) => {
    const problems = await problemsOf(hec + rest, { T: 'token', ASANA_TOKEN: 'token' })
    expect(problems).toEqual([[expect.stringMatching(setting), expect.stringMatching(message)]])
  })
})

test('all of them are reported at once', async () => {
  const lines = `token_exec: ["false"]\nsecond_token_file: /nowhere/token\n${hec}token_exec: ["true"], second_token_env: NOWHERE } }`
  const problems = await problemsOf(lines)
  expect(problems.map(([setting]) => setting)).toEqual(
    expect.arrayContaining(['token_exec', 'second_token_file', 'token_exec', 'second_token_env']),
  )
  expect(problems).toHaveLength(4)
})

test('a secret in a word of a command is refused and not quoted', async () => {
  const token = '2/1200000000000099/1200000000000100:0123456789abcdef'
  const problems = await problemsOf(`token_exec: [echo, "${token}"]\nto: stdout`)
  expect(problems).toEqual([['token_exec', expect.stringMatching(/looks like a secret/)]])
  expect(JSON.stringify(problems)).not.toContain('0123456789abcdef')
})

test('a token is named by where it comes from, however that is written', async () => {
  const sources: string[] = []
  for (const lines of ['token_exec: [echo, a]', 'token_exec: echo a', 'token_exec: [echo, b]']) {
    writeFileSync(file('p.yaml'), `pipelines:\n  - { workspace: "1", ${lines}, to: stdout }\n`)
    const reading = await readSettings({ config: file('p.yaml') }, {})
    if ('settings' in reading) sources.push(...reading.settings.pipelines.map(({ token }) => token.source))
  }
  expect(sources).toEqual(['the command echo a', 'the command echo a', 'the command echo b'])
})
