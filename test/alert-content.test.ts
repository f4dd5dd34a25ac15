import { execFile } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { prometheusName } from '../packages/cli/src/metrics/prometheus-name.ts'
import { metricDefinitions } from '../packages/metrics/src/index.ts'
import { repository } from './support/packed-packages.ts'
import { requirePrometheusTool, testWithPrometheus } from './support/prometheus-suite.ts'

const folder = join(repository, 'deploy/prometheus')
const read = (name: string): string => readFileSync(join(folder, name), 'utf8')
const execute = promisify(execFile)

/** The names of all series that are exported. */
const exported = new Set(
  Object.values(metricDefinitions).flatMap((definition) => {
    const { name } = prometheusName(definition)
    if (definition.kind === 'counter') return [`${name}_total`]
    return definition.kind === 'gauge' ? [name] : ['_bucket', '_sum', '_count'].map((end) => name + end)
  }),
)

test.each(readdirSync(folder))('every metric that %s names is exported', (name) => {
  const named = [...read(name).matchAll(/\basana_audit_\w+/g)].map(([found]) => found)
  expect(named.filter((one) => !exported.has(one))).toEqual([])
})

testWithPrometheus('promtool')('promtool accepts the rules, and their tests pass', async () => {
  const promtool = requirePrometheusTool('promtool')
  const rules = await execute(promtool, ['check', 'rules', 'asana-audit.rules.yml'], { cwd: folder })
  expect(rules.stdout).toContain('SUCCESS: 9 rules found')
  const tests = await execute(promtool, ['test', 'rules', 'asana-audit.rules.test.yml'], { cwd: folder })
  expect(tests.stdout).toContain('SUCCESS')
})

testWithPrometheus('amtool')('Alertmanager accepts the route', async () => {
  const amtool = requirePrometheusTool('amtool')
  const checked = await execute(amtool, ['check-config', 'alertmanager.yml'], { cwd: folder })
  expect(checked.stdout).toContain('2 receivers')
})
