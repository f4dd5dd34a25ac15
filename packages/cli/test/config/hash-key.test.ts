import { writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { readSettings } from '../../src/config/read-settings.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const file = temporaryFolder()

test.each(['"4711-sixteen-bytes-or-more"', '47110815'])(
  'a hash key in place of its path is not quoted: %s',
  async (key) => {
    const config = file('a.yaml')
    writeFileSync(config, `pipelines: [{ workspace: 1, to: stdout, hash_key_file: ${key} }]`)
    const reading = await readSettings({ config }, { ASANA_TOKEN: 't' })
    expect(reading).toMatchObject({
      problems: [{ setting: `${config}, line 1: pipelines[0].hash_key_file` }],
    })
    expect(JSON.stringify(reading)).toContain('for example /run/secrets/hash-key')
    expect(JSON.stringify(reading)).not.toContain('4711')
  },
)
