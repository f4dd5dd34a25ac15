import { readFileSync, writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { readSettings } from '../../src/config/read-settings.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const file = temporaryFolder()

test('pipelines with the same command for their token run it once, and others run their own', async () => {
  const [script, runs, config] = [file('print.sh'), file('runs'), file('a.yaml')]
  writeFileSync(script, `echo "$1" >> ${runs}\necho "token-$1"\n`)
  const pipelines = ['one', 'one', 'one', 'two'].map((token, index) => ({
    ...{ name: `p${index}`, workspace: '1', to: 'stdout' },
    token_exec: ['sh', script, token],
  }))
  writeFileSync(config, JSON.stringify({ pipelines }))

  const reading = await readSettings({ config }, {})
  if ('problems' in reading) throw new Error(JSON.stringify(reading.problems))
  const tokens = await Promise.all(reading.settings.pipelines.map(({ token }) => token.reader()()))

  expect(tokens).toEqual(['token-one', 'token-one', 'token-one', 'token-two'])
  expect(readFileSync(runs, 'utf8')).toBe('one\ntwo\n')
})
