import { writeFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { readNamedPipelines } from '../../src/config/named-pipelines.ts'
import { readSettings } from '../../src/config/read-settings.ts'
import { readStatePath } from '../../src/config/state-path.ts'
import { fleetAddress } from '../../src/fleet/fleet-address.ts'
import type { Problem } from '../../src/terminal/problem.ts'
import { runCommand } from '../support/run-command.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const inFolder = temporaryFolder()
const secret = 'SEKRIT99'

const wrong = [
  `postgre://x:${secret}@127.0.0.1:5/a`,
  `postgress://u:${secret}@db`,
  `mysql://u:${secret}@db/audit`,
  `postgres:u:${secret}@db.example.com`,
  `postgresql:db?password=${secret}`,
  `postgres:/u:${secret}@db/audit`,
  `"postgres://u:${secret}@db/audit"`,
  `jdbc:postgresql://db/audit?user=u&password=${secret}`,
  `u:${secret}@db.example.com/audit`,
  `host=db user=u password=${secret}`,
]

function fileWith(state: string): string {
  const path = inFolder('p.yaml')
  const pipeline = '{ workspace: "1", to: stdout }'
  writeFileSync(path, `state: ${JSON.stringify(state)}\npipelines: [${pipeline}]\n`)
  return path
}

describe.each(wrong)('a state that is meant as an address and is none of PostgreSQL: %s', (state) => {
  test.each(['flag', 'variable', 'file'])('is refused from a %s, and not shown', async (from) => {
    const config = from === 'file' ? fileWith(state) : undefined
    const flags = {
      ...(from === 'flag' && { state }),
      ...(config !== undefined && { config }),
    }
    const env = {
      ASANA_TOKEN: 't',
      ...(from === 'variable' && { ASANA_AUDIT_STATE: state }),
    }
    const settings = { ...flags, ...(config === undefined && { workspace: '1', to: ['stdout'] }) }
    const readings: readonly object[] = [
      await readStatePath(flags, env),
      await fleetAddress(flags, env),
      await readSettings(settings, env),
      await readNamedPipelines({ config: config ?? fileWith('s.db'), ...flags }, env),
    ]
    for (const reading of readings) {
      const { problems } = reading as { readonly problems: readonly Problem[] }
      expect(problems).toMatchObject([{ message: expect.stringContaining('Did you mean postgres://?') }])
      expect(JSON.stringify(problems)).not.toContain(secret)
    }
  })
})

test.each(['a:b.db', './postgres/state.db', '/var/lib/u@host/state.db', 'postgres.db', 'C:state.db'])(
  'the file %s is a path',
  async (state) => {
    expect(await readStatePath({ state }, {})).toMatchObject({ statePath: state })
  },
)

test('a command ends with the exit status of wrong settings, and neither output has the password', async () => {
  const [mistyped = ''] = wrong
  const { code, stdout, stderr } = await runCommand(['state', 'show'], { ASANA_AUDIT_STATE: mistyped })
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  expect(stderr).toContain('ASANA_AUDIT_STATE')
  expect(stderr).toContain('Did you mean postgres://?')
  expect(stderr).not.toContain(secret)
})
