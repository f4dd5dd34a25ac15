import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, onTestFinished, test, vi } from 'vitest'
import { prometheusName } from '../packages/cli/src/metrics/prometheus-name.ts'
import { running } from '../packages/cli/test/support/running.ts'
import { testPipeline } from '../packages/cli/test/support/test-pipeline.ts'
import { metricDefinitions } from '../packages/metrics/src/index.ts'
import { closedPort, listen } from './support/listen.ts'
import { repository } from './support/packed-packages.ts'
import { requirePrometheusTool, testWithPrometheus } from './support/prometheus-suite.ts'
import { temporaryFolder } from './support/run-command.ts'

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

interface Alert {
  readonly labels: Readonly<Record<string, string>>
  readonly annotations: Readonly<Record<string, string>>
}

testWithPrometheus('prometheus')(
  'a refused token goes from the scrape through the rule to the door of Alertmanager, with what to do',
  async () => {
    const alerts: Alert[] = []
    const alertmanager = await listen(async (request, response) => {
      const parts: Buffer[] = []
      for await (const part of request) parts.push(part as Buffer)
      if (request.url === '/api/v2/alerts') alerts.push(...JSON.parse(Buffer.concat(parts).toString()))
      response.end()
    })
    const refusing = await listen((_, response) => response.writeHead(401).end())
    await using pipeline = await testPipeline({ events: 0 })
    const env = { ...pipeline.env, ASANA_BASE_URL: refusing }
    const { url } = await running([...pipeline.to, '--listen', '127.0.0.1:0'], env)
    const made = temporaryFolder()
    // As shipped, but for the wait.
    writeFileSync(
      join(made, 'rules.yml'),
      read('asana-audit.rules.yml').replaceAll(/^( +for:) \w+$/gm, '$1 0s'),
    )
    // JSON is YAML.
    const config = {
      global: { scrape_interval: '1s', evaluation_interval: '1s' },
      rule_files: ['rules.yml'],
      scrape_configs: [{ job_name: 'asana-audit', static_configs: [{ targets: [new URL(url).host] }] }],
      alerting: { alertmanagers: [{ static_configs: [{ targets: [new URL(alertmanager).host] }] }] },
    }
    writeFileSync(join(made, 'prometheus.yml'), JSON.stringify(config))
    const prometheus = spawn(
      requirePrometheusTool('prometheus'),
      [
        `--config.file=${join(made, 'prometheus.yml')}`,
        `--storage.tsdb.path=${join(made, 'data')}`,
        `--web.listen-address=${new URL(await closedPort()).host}`,
      ],
      { stdio: 'ignore' },
    )
    const closed = once(prometheus, 'close')
    onTestFinished(async () => {
      prometheus.kill('SIGKILL')
      await closed
    })
    const paused = await vi.waitFor(
      () => {
        const found = alerts.find(({ labels }) => labels['alertname'] === 'AsanaAuditPaused')
        if (!found) throw new Error('It has not come yet.')
        return found
      },
      { timeout: 120_000, interval: 100 },
    )
    expect(paused.labels).toMatchObject({ destination: 'file', severity: 'critical', state: 'paused' })
    expect(paused.annotations['action']).toContain('next step')
  },
)
