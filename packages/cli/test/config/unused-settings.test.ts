import { writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { readSettings } from '../../src/config/read-settings.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const file = temporaryFolder()

/** Of each destination of a pipeline. */
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
])('structured details are said to change nothing in %s', async (to, format) => {
  expect(await warningsOf(`to: ${to}, details: structured`)).toEqual([
    [
      expect.stringMatching(
        `^setting_not_used: details: structured changes nothing in .+ with the format ${format}: `,
      ),
    ],
  ])
})

test.each(['event', 'panther'])('a relevance is said to change nothing in the format %s', async (format) => {
  expect(await warningsOf(`to: stdout, format: ${format}, ${relevance}`)).toEqual([
    [
      expect.stringContaining(
        `setting_not_used: relevance changes nothing in stdout with the format ${format}`,
      ),
    ],
  ])
})

test('each destination is told what it has no use for, and no other', async () => {
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
])('nothing is said of %s with %s, which counts or is the default', async (to, setting) => {
  expect(await warningsOf(`to: ${to}, ${setting}`)).toEqual([[]])
})
