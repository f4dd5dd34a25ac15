import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  auditResourceAttributes,
  eventTypes,
  isEventCategory,
  severityNumbers,
  toLogRecord,
} from '@asana-audit/schema'
import { generateEvents } from '@asana-audit/simulator'
import { parser } from '@grafana/lezer-logql'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { lokiNames } from './loki-names.ts'

interface Panel {
  id: number
  type: string
  title: string
  gridPos: { x: number; y: number; w: number; h: number }
  datasource?: { uid: string }
  targets?: { expr: string; legendFormat?: string; datasource: { uid: string } }[]
}

const read = (name: string): string => readFileSync(join(import.meta.dirname, name), 'utf8')
const dashboard = JSON.parse(read('dashboard.json')) as {
  panels: Panel[]
  templating: { list: { name: string; type: string; query: string }[] }
}
const queries = dashboard.panels.flatMap(({ title, targets = [] }) =>
  targets.map(({ expr, legendFormat = '' }): [title: string, expr: string, legend: string] => [
    title,
    expr,
    legendFormat,
  ]),
)

/** Grafana puts its variables in before Loki sees a query. */
function filledIn(expr: string): string {
  const values = new Map(dashboard.templating.list.map(({ name, query }) => [name, query]))
  return expr
    .replaceAll('$__auto', '5m')
    .replaceAll('$__range', '24h')
    .replaceAll(/\$(\w+)/g, (_, name: string) => values.get(name) ?? `no variable ${name}`)
}

/** The nodes of a query by name; those Grafana's grammar cannot make sense of are called `⚠`. */
function nodesOf(query: string): [name: string, text: string][] {
  const nodes: [string, string][] = []
  parser
    .parse(query)
    .iterate({ enter: ({ name, from, to }) => void nodes.push([name, query.slice(from, to)]) })
  return nodes
}

function errorsIn(query: string): string[] {
  return nodesOf(query).flatMap(([name, text]) => (name === '⚠' ? [text] : []))
}

/** Labels a query asks for: by name, in a template, in a legend. Without those it makes itself. */
function namesIn(query: string, legend: string): string[] {
  const made = [...query.matchAll(/label_format (\w+)=/g)].map(([, name]) => name)
  const identifiers = nodesOf(query).flatMap(([name, text]) => (name === 'Identifier' ? [text] : []))
  const inTemplates = [...query.matchAll(/\{\{(.*?)\}\}/g)].flatMap(([, code = '']) =>
    [...code.matchAll(/\.([a-z]\w*)/g)].map(([, name]) => name as string),
  )
  const inLegend = [...legend.matchAll(/\{\{(\w+)\}\}/g)].map(([, name]) => name as string)
  return [...identifiers, ...inTemplates, ...inLegend].filter((name) => !made.includes(name))
}

/** What events of a week have in Loki, one with a field nobody knows among them. */
const stored = (() => {
  const until = Date.UTC(2026, 0, 8)
  const [first, ...events] = generateEvents({ count: 2_000, from: until - 7 * 86_400_000, until })
  const records = [{ ...first, new_field: 1 }, ...events].map((event) =>
    toLogRecord(event as (typeof events)[0]),
  )
  return lokiNames(auditResourceAttributes({ workspace: '42' }), records)
})()

describe('every query', () => {
  test.each(queries)('%s: is LogQL by Grafana’s own grammar', (_, expr) => {
    expect(errorsIn(filledIn(expr))).toEqual([])
  })

  test.each(queries)('%s: asks for labels that records have in Loki', (_, expr, legend) => {
    const names = namesIn(filledIn(expr), legend)
    expect(names).toContain('asana_workspace_gid')
    expect(names.filter((name) => !stored.has(name))).toEqual([])
  })

  test.each(queries)('%s: asks for values that exist', (_, expr) => {
    const known: Record<string, string[]> = {
      asana_audit_event_type: [...eventTypes.keys()],
      asana_audit_event_category: [...eventTypes.values()].map(({ category }) => category),
      asana_audit_relevance: Object.keys(severityNumbers),
    }
    for (const [, name = '', value = ''] of expr.matchAll(/(\w+)=~?["`]([^"`$]+)["`]/g)) {
      // Each alternative that is written out must be something.
      for (const one of value.split(/\|(?![^(]*\))/)) {
        const fits = known[name]?.some((text) => new RegExp(`^(?:${one})$`).test(text)) ?? true
        expect(fits, `${name} ${one}`).toBe(true)
      }
    }
    expect(
      [...expr.matchAll(/event_category="(\w+)"/g)].every(([, name = '']) => isEventCategory(name)),
    ).toBe(true)
  })
})

test('the checks notice a query that is wrong', () => {
  expect(errorsIn('sum by (a (count_over_time({b="c"} [5m]))')).not.toEqual([])
  expect(errorsIn('{b="c"} | = d')).not.toEqual([])
  expect(namesIn('sum by (nope) (count_over_time({b="c"} | d="e" [5m]))', '{{legend}}')).toEqual([
    ...['nope', 'b', 'd', 'legend'],
  ])
  expect(stored.has('asana_audit_event_typo')).toBe(false)
})

test('it shows what the README says: overview, logins, administration, data out, apps, feed health', () => {
  const rows = dashboard.panels.filter(({ type }) => type === 'row').map(({ title }) => title)
  expect(rows).toEqual([
    'Overview',
    'Logins',
    'Administration',
    'Data out',
    'Apps and credentials',
    'Feed health',
  ])
  for (const row of rows) expect(read('README.md')).toContain(`**${row}**`)
})

test('panels have different ids and places, and use the chosen data source', () => {
  const { panels } = dashboard
  expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length)
  const uids = panels.flatMap(({ datasource, targets = [] }) => [
    ...(datasource ? [datasource.uid] : []),
    ...targets.map((target) => target.datasource.uid),
  ])
  expect([...new Set(uids)]).toEqual([expect.stringMatching(/^\$\{datasource\}$/)])
  for (const [index, { gridPos: one }] of panels.entries()) {
    expect(one.x + one.w).toBeLessThanOrEqual(24)
    for (const { gridPos: other } of panels.slice(index + 1)) {
      const apart =
        one.x + one.w <= other.x ||
        other.x + other.w <= one.x ||
        one.y + one.h <= other.y ||
        other.y + other.h <= one.y
      expect(apart).toBe(true)
    }
  }
})

test('what Loki has to allow: old events, a stream for each workspace, and events out of order', () => {
  const { limits_config: limits, ingester } = parse(read('loki-server.yaml'))
  expect(limits).toMatchObject({ reject_old_samples: false, allow_structured_metadata: true })
  const [{ action, attributes }] = limits.otlp_config.resource_attributes.attributes_config
  const resource = auditResourceAttributes({ workspace: '42' })
  expect([action, attributes.every((name: string) => name in resource)]).toEqual(['index_label', true])
  expect(ingester.max_chunk_age).toBe('24h')
})

test('the file for the Collector changes the address and the number of senders, and keeps the queue on disk', () => {
  const fragment = parse(read('collector-loki.yaml'))
  expect(Object.keys(fragment.exporters)).toEqual(['otlp_http'])
  const { sending_queue, ...where } = fragment.exporters.otlp_http
  expect(Object.keys(where)).toEqual(['endpoint', 'headers'])
  expect(sending_queue).toEqual({ num_consumers: 1 })
  const whole = parse(read('../collector/collector.yaml'))
  expect(whole.service.pipelines['logs/audit'].exporters).toEqual(['otlp_http'])
})
