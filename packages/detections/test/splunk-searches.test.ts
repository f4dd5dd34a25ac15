import { execFile } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import { splunkFolder, splunkSearches } from '../../../scripts/detections/splunk-searches.ts'
import { requirePythonTool, testWithPython } from '../../../test/support/commands/python-suite.ts'
import searches from '../splunk/searches.json' with { type: 'json' }
import { shippedRules, shippedRulesFolder } from '../src/index.ts'
import { readSamples, sampleEvents } from './sample-events.ts'
import { splunkSearch } from './splunk-search.ts'

const rules = await shippedRules()

/** Without the validators that download data of MITRE. */
const fetching = ['attacktag', 'd3_fendtag']

testWithPython('sigma')('sigma check finds nothing wrong with any rule', async () => {
  const args = ['check', '--fail-on-error', '--fail-on-issues', ...fetching.flatMap((name) => ['-x', name])]
  const { stdout, stderr } = await promisify(execFile)(requirePythonTool('sigma'), [
    ...args,
    // First-seen rules are a type of our own.
    ...readdirSync(shippedRulesFolder)
      .filter((name) => name.endsWith('.yml'))
      .map((name) => join(shippedRulesFolder, name)),
  ])
  expect(stdout + stderr).toContain('Found 0 errors, 0 condition errors and 0 issues.')
})

testWithPython('sigma')('the searches are what pySigma makes of the rules today', async () => {
  expect(await splunkSearches(requirePythonTool('python'), rules)).toEqual(searches)
})

test('every rule of Sigma has a search, and those written by hand are in by-hand', () => {
  const reporting = rules.filter(({ reports, kind }) => reports && kind !== 'first_seen')
  expect(searches.map(({ id }) => id).sort()).toEqual(reporting.map(({ id }) => id).sort())
  const byHand = searches.filter(({ convertedBy }) => convertedBy === 'hand').map(({ rule }) => `${rule}.spl`)
  expect(readdirSync(join(splunkFolder, 'by-hand'))).toEqual(byHand)
  for (const file of byHand) {
    const text = readFileSync(join(splunkFolder, 'by-hand', file), 'utf8')
    expect(searches.map(({ search }) => `${search.join('\n')}\n`)).toContain(text)
  }
})

describe.each(searches)('the search of $rule, in a model of Splunk', ({ rule, search }) => {
  const { fires, quiet } = readSamples(`${rule}.yml`)
  const found = (lines: Parameters<typeof sampleEvents>[0]) =>
    splunkSearch(search.join('\n'), sampleEvents(lines))

  test.each(Object.entries(fires))('finds one: %s', (_, lines) => {
    expect(found(lines)).toHaveLength(1)
  })

  test.each(Object.entries(quiet))('finds none: %s', (_, lines) => {
    expect(found(lines)).toEqual([])
  })
})
