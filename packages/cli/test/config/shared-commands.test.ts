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

test('destinations and proxies with the same command run it once, whatever it is for', async () => {
  const [script, runs, config] = [file('print2.sh'), file('runs2'), file('b.yaml')]
  writeFileSync(script, `echo "$1" >> ${runs}\necho "$1"\n`)
  const prints = (text: string): string[] => ['sh', script, text]
  const pipelines = [1, 2, 3].map((number) => ({
    ...{ name: `p${number}`, workspace: '1', token_exec: prints('token') },
    to: [
      {
        splunk_hec: {
          url: 'https://s.example',
          token_exec: prints('hec'),
          second_token_exec: prints('other'),
        },
      },
      {
        otlp: {
          endpoint: 'https://c.example',
          headers_exec: prints('x-key=1'),
          second_headers_exec: prints('x-key=2'),
        },
      },
    ],
  }))
  writeFileSync(config, JSON.stringify({ pipelines, alarm: {} }))
  const env = {
    HTTPS_PROXY_EXEC: `sh ${script} http://proxy.example:3128`,
    OTEL_METRICS_EXPORTER: 'otlp',
    OTEL_EXPORTER_OTLP_METRICS_HEADERS_EXEC: `sh ${script} x-key=1`,
  }

  const reading = await readSettings({ config }, env)

  if ('problems' in reading) throw new Error(JSON.stringify(reading.problems))
  expect(readFileSync(runs, 'utf8').trim().split('\n').sort()).toEqual([
    'hec',
    'http://proxy.example:3128',
    'other',
    'token',
    'x-key=1',
    'x-key=2',
  ])
})
