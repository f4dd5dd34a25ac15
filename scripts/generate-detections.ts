/**
 * Writes the output of the Sigma rules in packages/detections/rules: the table in the README of the package, and the searches for
 * Splunk. Run `pnpm generate:detections` after a change of a rule; the searches need `pnpm setup:python` once.
 */
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { shippedRules, shippedRulesFolder } from '@asana-audit/detections'
import { withRuleTable } from './detections/rule-table.ts'
import { splunkFolder, splunkSearches } from './detections/splunk-searches.ts'
import { pythonTool } from './python/location.ts'

const rules = await shippedRules()
const readme = join(shippedRulesFolder, '../README.md')
await writeFile(readme, withRuleTable(await readFile(readme, 'utf8'), rules))
const python = pythonTool('python', process.env)
if (python) {
  const searches = await splunkSearches(python, rules)
  await writeFile(join(splunkFolder, 'searches.json'), `${JSON.stringify(searches, null, 2)}\n`)
} else {
  process.stderr.write('The searches for Splunk are as they were: run `pnpm setup:python` first.\n')
  process.exitCode = 1
}
