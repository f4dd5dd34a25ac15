import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { startPantherSource } from '../../packages/panther-http/test/support/panther-source.ts'
import { startSimulator } from '../../packages/simulator/src/index.ts'
import { runCommand, temporaryFolder } from '../support/commands/run-command.ts'
import { codeBlocks } from '../support/pages/readme-example.ts'

const page = readFileSync(new URL('../../docs/panther.md', import.meta.url), 'utf8')

/** The words of each command of the page, without what the shell does. */
const commands = page
  .split('\n')
  .flatMap((line) => /^ *asana-audit ([^>]*)/.exec(line)?.[1]?.trim().split(' ') ?? [])
  .join(' ')
  .split(/ ?(?=\b(?:schema|check|run) --)/)
  .map((command) => command.split(' '))

test('the commands and the YAML of the page for Panther work as written, against a source of our own', async () => {
  expect(commands.map(([name]) => name)).toEqual(['schema', 'check', 'run'])
  const folder = temporaryFolder()
  const simulator = await startSimulator({ events: 60 })
  try {
    const source = await startPantherSource({ auth: { bearer: 'panther-s3cret' } })
    writeFileSync(join(folder, 'asana-token'), 'simulator-token')
    writeFileSync(join(folder, 'panther'), 'panther-s3cret')
    const here = (text: string): string =>
      text
        .replaceAll('/run/secrets', folder)
        .replaceAll(/https:\/\/logs\.acme\S+/g, source.url)
        .replaceAll('1234567890123456', simulator.workspace)
    const exported = [...page.matchAll(/^export (\w+)=(\S+)$/gm)].map(([, name, value]) => [
      name,
      here(value!),
    ])
    const env = {
      ...Object.fromEntries(exported),
      ASANA_BASE_URL: simulator.url,
      ASANA_AUDIT_STATE: join(folder, 'state.db'),
    }
    for (const [name = '', ...words] of commands) {
      const once = name === 'run' ? ['--once'] : []
      const ran = await runCommand([name, ...words, ...once], { env })
      expect(ran, name).toMatchObject({ code: 0 })
    }
    expect(source.classified).toHaveLength(simulator.events.length)
    const [yaml = ''] = codeBlocks(page, 'yaml')
    const config = join(folder, 'p.yaml')
    writeFileSync(config, here(yaml))
    const { ASANA_BASE_URL } = env
    const second = { ASANA_BASE_URL, ASANA_AUDIT_STATE: join(folder, 'second.db') }
    expect(await runCommand(['run', '--once', '--config', config], { env: second })).toMatchObject({
      code: 0,
    })
    expect(source.classified).toHaveLength(2 * simulator.events.length)
    expect(source.failures).toEqual([])
  } finally {
    await simulator.close()
  }
})
