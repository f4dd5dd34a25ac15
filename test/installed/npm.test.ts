import { execFile } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { beforeAll, expect, test } from 'vitest'
import { version } from '../../scripts/release/artifacts.ts'
import { runPlatformCommands } from '../support/pages/platform-commands.ts'
import { describeRelease } from '../support/release/release-suite.ts'
import { loginEvent, startAsana } from '../support/servers/asana-server.ts'

describeRelease('the command installed with npm', (prefix) => {
  const bin = join(prefix, 'bin')
  let said = ''
  beforeAll(async () => {
    const env = { npm_config_prefix: prefix, npm_config_offline: 'true' }
    said = await runPlatformCommands('With npm.', { path: bin, env })
  })

  test('is built and installed as the page for platform teams says, without any other package', () => {
    expect(said.trimEnd().split('\n').at(-1)).toBe(version)
    expect(existsSync(join(prefix, 'lib/node_modules/asana-audit/node_modules'))).toBe(false)
  })

  test('delivers what Asana shows, from a folder that has no package', async () => {
    const asana = await startAsana({ events: [1, 2, 3].map((number) => loginEvent(number)) })
    const file = join(prefix, 'audit.jsonl')
    const args = ['run', '--once', '--to', `file:${file}`, '--state', join(prefix, 'state.db')]
    const { PATH = '' } = process.env
    await promisify(execFile)(join(bin, 'asana-audit'), args, { cwd: prefix, env: { PATH, ...asana.env } })
    expect(readFileSync(file, 'utf8').match(/"timeUnixNano"/g)).toHaveLength(3)
  })
})
