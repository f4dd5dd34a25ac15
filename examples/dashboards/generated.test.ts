import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { dashboardFiles } from '../../scripts/dashboards/dashboard-files.ts'
import type { SavedObject } from '../../scripts/dashboards/opensearch/saved-object.ts'
import { type Place, panelsIn, type Question, questions } from '../../scripts/dashboards/panel.ts'
import { rows } from '../../scripts/dashboards/rows.ts'

const read = (path: string): string => readFileSync(join(import.meta.dirname, '../..', path), 'utf8')
const readme = read('examples/dashboards/README.md')

test.each([...dashboardFiles()])('%s is what `pnpm generate:dashboards` writes', (path, text) => {
  expect(read(path)).toBe(text)
})

const places: readonly Place[] = ['loki', 'victorialogs', 'clickhouse', 'opensearch', 'splunk']

test.each(places)('each question of an analyst has a panel in %s', (place) => {
  const answered = rows.flatMap((row) => panelsIn(row, place)).map(({ answers }) => answers)
  const open = (Object.keys(questions) as Question[]).filter((question) => !answered.includes(question))
  expect(open).toEqual([])
})

test('the README has every question with its panels, and every row', () => {
  for (const [question, text] of Object.entries(questions)) {
    const titles = rows.flatMap(({ panels }) => panels).filter(({ answers }) => answers === question)
    const line = readme.split('\n').find((one) => one.includes(text)) ?? ''
    expect([text, titles.map(({ title }) => title).filter((title) => !line.includes(title))]).toEqual([
      text,
      [],
    ])
  }
  for (const { title, shows } of rows) {
    expect(readme.split('\n').find((one) => one.includes(`**${title}**`))).toContain(shows)
  }
})

interface GrafanaPanel {
  readonly id: number
  readonly type: string
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number }
  readonly datasource?: { readonly uid: string }
  readonly targets?: readonly { readonly datasource: { readonly uid: string } }[]
}

describe.each(['loki', 'victorialogs', 'clickhouse'])('Grafana for %s', (place) => {
  const { panels } = JSON.parse(read(`examples/dashboards/grafana-${place}.json`)) as {
    panels: readonly GrafanaPanel[]
  }

  test('panels have different ids and places, and use the chosen data source', () => {
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length)
    const uids = panels.flatMap(({ datasource, targets = [] }) => [
      ...(datasource ? [datasource.uid] : []),
      ...targets.map((target) => target.datasource.uid),
    ])
    expect([...new Set(uids)]).toEqual(['$datasource'])
    expectApart(
      panels.map(({ gridPos }) => gridPos),
      24,
    )
  })
})

test('OpenSearch Dashboards: every object that another refers to is in the file, once, and panels do not overlap', () => {
  const lines = read('examples/dashboards/opensearch-dashboards.ndjson').trimEnd().split('\n')
  const objects = lines.map((line) => JSON.parse(line) as SavedObject)
  const keys = objects.map(({ type, id }) => `${type} ${id}`)
  expect(new Set(keys).size).toBe(keys.length)
  const wanted = objects.flatMap(({ references }) => references.map(({ type, id }) => `${type} ${id}`))
  expect(wanted.filter((key) => !keys.includes(key))).toEqual([])
  const dashboard = objects.find(({ type }) => type === 'dashboard')
  const panels = JSON.parse(String(dashboard?.attributes['panelsJSON'])) as {
    gridData: GrafanaPanel['gridPos']
  }[]
  expectApart(
    panels.map(({ gridData }) => gridData),
    48,
  )
})

function expectApart(places: readonly GrafanaPanel['gridPos'][], width: number): void {
  for (const [index, one] of places.entries()) {
    expect(one.x + one.w).toBeLessThanOrEqual(width)
    for (const other of places.slice(index + 1)) {
      const apart =
        one.x + one.w <= other.x ||
        other.x + other.w <= one.x ||
        one.y + one.h <= other.y ||
        other.y + other.h <= one.y
      expect(apart).toBe(true)
    }
  }
}
