import { execFile } from 'node:child_process'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { alarmDefinition } from '../../packages/cli/src/alarm/alarm-gauge.ts'
import { findingsDefinition } from '../../packages/cli/src/metrics/findings-counter.ts'
import { prometheusName } from '../../packages/cli/src/metrics/prometheus-name.ts'
import { metricDefinitions } from '../../packages/metrics/src/index.ts'
import { temporaryFolder } from '../support/commands/run-command.ts'
import { board, filledIn, queries } from '../support/prometheus/board.ts'
import { requirePrometheusTool, testWithPrometheus } from '../support/prometheus/suite.ts'
import { repository } from '../support/release/packed-packages.ts'

const folder = join(repository, 'deploy/prometheus')
const read = (name: string): string => readFileSync(join(folder, name), 'utf8')
const execute = promisify(execFile)

/** The labels of all series that are exported, by name. */
const exported = new Map(
  [...Object.values(metricDefinitions), alarmDefinition, findingsDefinition].flatMap((definition) => {
    const { name } = prometheusName(definition)
    const labels = [...definition.attributes, 'instance', 'job', 'le']
    if (definition.kind === 'counter') return [[`${name}_total`, labels]] as const
    const ends = definition.kind === 'gauge' ? [''] : ['_bucket', '_sum', '_count']
    return ends.map((end) => [name + end, labels] as const)
  }),
)

test.each(readdirSync(folder))(
  'every metric that %s names is exported, with the labels it asks for',
  (name) => {
    const named = [...read(name).matchAll(/\b(asana_audit_\w+)(?:\{([^}]*)\})?/g)]
    const wrong = named.flatMap(([, metric = '', matchers = '']) => {
      const labels = exported.get(metric)
      if (!labels) return [metric]
      const asked = [...matchers.matchAll(/(\w+)\s*(?:=~|!~|!=|=)/g)].map(([, label]) => label ?? '')
      return asked.filter((label) => !labels.includes(label)).map((label) => `${metric}: ${label}`)
    })
    expect(wrong).toEqual([])
  },
)

testWithPrometheus('promtool')('promtool accepts the rules, and their tests pass', async () => {
  const promtool = requirePrometheusTool('promtool')
  const rules = await execute(promtool, ['check', 'rules', 'asana-audit.rules.yml'], { cwd: folder })
  expect(rules.stdout).toContain('SUCCESS: 11 rules found')
  const tests = await execute(promtool, ['test', 'rules', 'asana-audit.rules.test.yml'], { cwd: folder })
  expect(tests.stdout).toContain('SUCCESS')
})

testWithPrometheus('promtool')('promtool can read every query of the board', async () => {
  const rules = queries.map(({ expr }, index) => ({ record: `board:${index}`, expr: filledIn(expr) }))
  const file = join(temporaryFolder(), 'rules.yml')
  writeFileSync(file, JSON.stringify({ groups: [{ name: 'board', rules }] }))
  const checked = await execute(requirePrometheusTool('promtool'), ['check', 'rules', file])
  expect(checked.stdout).toContain(`SUCCESS: ${queries.length} rules found`)
})

test('the board has no panel over another, and each asks the Prometheus that is chosen', () => {
  const cells = board.panels.flatMap(({ gridPos: { x, y, w, h } }) =>
    Array.from({ length: w * h }, (_, index) => `${x + (index % w)},${y + Math.floor(index / w)}`),
  )
  expect(new Set(cells).size).toBe(cells.length)
  expect(new Set(board.panels.map(({ id }) => id)).size).toBe(board.panels.length)
  for (const { title, datasource, targets, gridPos } of board.panels) {
    expect(datasource, title).toEqual({ type: 'prometheus', uid: `\${datasource}` })
    expect(gridPos.x + gridPos.w, title).toBeLessThanOrEqual(24)
    expect(new Set(targets.map(({ refId }) => refId)).size, title).toBe(targets.length)
  }
  const variables = board.templating.list.map(({ name }) => name)
  const used = [...JSON.stringify(board).matchAll(/\$\{?([a-z]\w*)/g)].map(([, name]) => name)
  expect(new Set(used)).toEqual(new Set(variables))
})

testWithPrometheus('amtool')('Alertmanager accepts the route', async () => {
  const amtool = requirePrometheusTool('amtool')
  const checked = await execute(amtool, ['check-config', 'alertmanager.yml'], { cwd: folder })
  expect(checked.stdout).toContain('2 receivers')
})
