/**
 * Writes the output of the Sigma rules in packages/detections/rules: the table in the package's page of rules, the rules for Panther, the
 * queries for Sentinel, and the searches for Splunk. Run `pnpm generate:detections` after a change of a rule; the searches need `pnpm setup:python` once.
 */
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { shippedRules, shippedRulesFolder } from '@asana-audit/detections'
import { pantherFolder, pantherPack } from '../detections/panther/panther-pack.ts'
import { pantherPage } from '../detections/panther/panther-page.ts'
import { withRuleTable } from '../detections/rule-table.ts'
import { sentinelFolder, sentinelPack } from '../detections/sentinel/sentinel-pack.ts'
import { splunkFolder, splunkSearches } from '../detections/splunk-searches.ts'
import { pythonTool } from '../python/location.ts'

const rules = await shippedRules()
const page = join(shippedRulesFolder, '../docs/rules.md')
await writeFile(page, withRuleTable(await readFile(page, 'utf8'), rules))
const pack = pantherPack(rules)
await rm(pantherFolder, { recursive: true, force: true })
await mkdir(pantherFolder)
for (const [name, text] of [...pack.files, ['README.md', pantherPage(pack, rules)] as const]) {
  await writeFile(join(pantherFolder, name), text)
}
await rm(sentinelFolder, { recursive: true, force: true })
await mkdir(sentinelFolder)
for (const [name, text] of sentinelPack(rules)) await writeFile(join(sentinelFolder, name), text)
const python = pythonTool('python', process.env)
if (python) {
  const searches = await splunkSearches(python, rules)
  await writeFile(join(splunkFolder, 'searches.json'), `${JSON.stringify(searches, null, 2)}\n`)
} else {
  process.stderr.write('The searches for Splunk are as they were: run `pnpm setup:python` first.\n')
  process.exitCode = 1
}
