import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, vi } from 'vitest'
import { parse } from 'yaml'
import { runCommand } from '../../packages/cli/test/support/run-command.ts'
import { running } from '../../packages/cli/test/support/running.ts'
import { type TestPipeline, testPipeline } from '../../packages/cli/test/support/test-pipeline.ts'
import { filledIn, queries } from '../support/prometheus/board.ts'
import { startAlertmanager, startPrometheus } from '../support/prometheus/servers.ts'
import { testWithAlertmanager, testWithPrometheus } from '../support/prometheus/suite.ts'
import { repository } from '../support/release/packed-packages.ts'
import { listen } from '../support/servers/listen.ts'

// The real programs, from the scrape to the webhook. What we ship is used as it is, but for the waits and the addresses.

const patient = { timeout: 120_000, interval: 100 }
const shipped = (name: string): string =>
  readFileSync(join(repository, 'deploy/prometheus', name), 'utf8').replaceAll(/^( +for:) \w+$/gm, '$1 0s')

/** A pipeline with alarms, whose token comes from a file. */
function configured(pipeline: TestPipeline, token: string): { config: string; tokenFile: string } {
  const [config, tokenFile] = [pipeline.file('pipelines.yaml'), pipeline.file('token')]
  writeFileSync(tokenFile, token)
  const { url: base_url, workspace } = pipeline.simulator
  const one = {
    name: 'acme',
    workspace,
    base_url,
    token_file: tokenFile,
    to: { file: { path: pipeline.file('a.jsonl') } },
  }
  // JSON is YAML.
  const settings = { state: pipeline.file('state.db'), listen: '127.0.0.1:0', alarm: {}, pipelines: [one] }
  writeFileSync(config, JSON.stringify(settings))
  return { config, tokenFile }
}

/** Prometheus with our rules, which scrapes this address each second and tells this Alertmanager. */
function scraping(url: string, alertmanager: string): Promise<string> {
  const config = {
    global: { scrape_interval: '1s', evaluation_interval: '1s' },
    rule_files: ['rules.yml'],
    scrape_configs: [{ job_name: 'asana-audit', static_configs: [{ targets: [new URL(url).host] }] }],
    alerting: { alertmanagers: [{ static_configs: [{ targets: [new URL(alertmanager).host] }] }] },
  }
  return startPrometheus(config, { 'rules.yml': shipped('asana-audit.rules.yml') })
}

interface Notice {
  readonly path: string
  readonly status: string
  readonly commonLabels: Readonly<Record<string, string>>
  readonly commonAnnotations: Readonly<Record<string, string>>
}

/** A webhook receiver, and all that Alertmanager told it. */
async function onCall(): Promise<{ origin: string; notices: readonly Notice[] }> {
  const notices: Notice[] = []
  const origin = await listen(async (request, response) => {
    const parts: Buffer[] = []
    for await (const part of request) parts.push(part as Buffer)
    notices.push({ ...JSON.parse(Buffer.concat(parts).toString()), path: request.url })
    response.end()
  })
  return { origin, notices }
}

/** The route we ship, without its waits, to this receiver. */
function route(origin: string): object {
  const config = parse(shipped('alertmanager.yml').replaceAll('http://127.0.0.1:9/', `${origin}/`))
  const waits = { group_wait: '0s', group_interval: '1s' }
  const routes = config.route.routes.map((one: object) => ({ ...one, ...waits }))
  return { ...config, route: { ...config.route, ...waits, routes } }
}

testWithAlertmanager()(
  'a refused token comes to the on-call person through Prometheus and Alertmanager, with what to do, and so does its end',
  async () => {
    await using pipeline = await testPipeline({ events: 3 })
    const { config, tokenFile } = configured(pipeline, 'revoked')
    const { origin, notices } = await onCall()
    const alertmanager = await startAlertmanager(route(origin))
    const { url } = await running(['--config', config], {})
    await scraping(url, alertmanager)

    const told = (status: string): Promise<Notice> =>
      vi.waitFor(() => {
        const found = notices.find(
          (one) => one.status === status && one.commonLabels['alertname'] === 'AsanaAuditPaused',
        )
        return found ?? expect.fail(`Not told of ${status} yet: ${JSON.stringify(notices)}`)
      }, patient)
    const firing = await told('firing')
    expect(firing).toMatchObject({
      path: '/on-call',
      commonLabels: { pipeline: 'acme', destination: 'file', severity: 'critical', state: 'paused' },
      commonAnnotations: {
        summary: 'acme is paused by a fault that a person must fix.',
        action: expect.stringContaining('next step'),
      },
    })

    writeFileSync(tokenFile, 'simulator-token')
    expect(await told('resolved')).toMatchObject({ path: '/on-call', commonLabels: firing.commonLabels })
  },
)

testWithAlertmanager()('our own webhook for Alertmanager is taken by it, without a Prometheus', async () => {
  await using pipeline = await testPipeline({ events: 0 })
  const { config } = configured(pipeline, 'simulator-token')
  const alertmanager = await startAlertmanager(route('http://127.0.0.1:9'))
  const webhooks = [{ shape: 'alertmanager', url: `${alertmanager}/api/v2/alerts` }]
  const settings = JSON.parse(readFileSync(config, 'utf8'))
  writeFileSync(config, JSON.stringify({ ...settings, alarm: { webhooks } }))
  const { code, stdout, stderr } = await runCommand(['alarm', 'test', '--config', config], {})
  expect({ code, stdout, stderr }).toMatchObject({ code: 0 })
  const alerts = await (await fetch(`${alertmanager}/api/v2/alerts`)).json()
  expect(alerts).toMatchObject([{ labels: { alertname: expect.stringMatching(/^AsanaAudit/) } }])
})

/** Panels that show nothing while all is well, no backlog is read, nothing is found and the destination is not Splunk. */
const emptyWhenWell = [
  ...['What it waits for', 'Alarms', 'Failed attempts, by fault', 'Quarantined events, by reason'],
  ...['Backlog read', "Wait for Splunk's acknowledgement, 95 of 100", 'Findings of rules, by level'],
]

testWithPrometheus('prometheus')(
  'every panel of the board has something to show of a run that is well, but for those that show what is not',
  async () => {
    await using pipeline = await testPipeline({ events: 30 })
    const { url } = await running(['--config', configured(pipeline, 'simulator-token').config], {})
    const prometheus = await scraping(url, 'http://127.0.0.1:9')

    const emptyPanels = async (): Promise<readonly string[]> => {
      const empty: string[] = []
      for (const { title, expr } of queries) {
        const query = new URLSearchParams({ query: filledIn(expr) })
        const response = await fetch(`${prometheus}/api/v1/query?${query}`)
        const { status, data } = (await response.json()) as { status: string; data: { result: unknown[] } }
        expect(status, expr).toBe('success')
        if (data.result.length === 0) empty.push(title)
      }
      return empty
    }
    await vi.waitFor(async () => expect(await emptyPanels()).toEqual(emptyWhenWell), patient)
  },
)
