import { writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { readSettings } from '../../src/config/read-settings.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const file = temporaryFolder()

/** The warnings of each destination of a pipeline. */
async function warningsOf(settings: string): Promise<string[][]> {
  const config = file('p.yaml')
  writeFileSync(config, `pipelines: [{ workspace: "1", name: p, ${settings} }]`)
  const env = { ASANA_TOKEN: 't', SPLUNK_HEC_TOKEN: 't', SPLUNK_HEC_URL: 'https://s.example:8088' }
  const reading = await readSettings({ config }, env)
  if ('problems' in reading) throw new Error(JSON.stringify(reading.problems))
  return reading.settings.pipelines.map(({ warnings }) =>
    warnings.map(({ code, message }) => `${code}: ${message}`),
  )
}

const relevance = 'relevance: { user_login_failed: high }'

test.each([
  ['splunk-hec', 'asana'],
  ['{ splunk_hec: { format: asana } }', 'asana'],
  ['stdout, format: ocsf', 'ocsf'],
  ['"file:a.jsonl", format: ecs', 'ecs'],
  ['{ file: { path: a.jsonl } }, format: event', 'event'],
])('structured details have no effect in %s, and a warning says so', async (to, format) => {
  expect(await warningsOf(`to: ${to}, details: structured`)).toEqual([
    [
      expect.stringMatching(
        `^setting_not_used: details: structured has no effect for .+ with the format ${format}: `,
      ),
    ],
  ])
})

test.each(['event', 'panther'])(
  'relevance has no effect in the format %s, and a warning says so',
  async (format) => {
    expect(await warningsOf(`to: stdout, format: ${format}, ${relevance}`)).toEqual([
      [
        expect.stringContaining(
          `setting_not_used: relevance has no effect for stdout with the format ${format}`,
        ),
      ],
    ])
  },
)

test('a warning is given only for the destination that does not use the setting', async () => {
  const to = `[otlp, splunk-hec, stdout]`
  const [otlp, asana, stdout] = await warningsOf(`to: ${to}, details: structured, ${relevance}`)
  expect([otlp, asana?.length, stdout]).toEqual([[], 1, []])
})

test.each([
  ['stdout', 'details: structured'],
  ['"file:a.jsonl"', 'details: structured'],
  ['{ splunk_hec: { format: otel } }', 'details: structured'],
  ['splunk-hec', 'details: json'],
  ['stdout, format: ocsf', 'details: json'],
  ['stdout, format: cim', relevance],
  ['splunk-hec', relevance],
])('%s with %s gives no warning: the setting has an effect or is the default', async (to, setting) => {
  expect(await warningsOf(`to: ${to}, ${setting}`)).toEqual([[]])
})
