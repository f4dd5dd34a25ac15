import { describe, expect, test } from 'vitest'
import { loki } from '../../scripts/dashboards/grafana/loki.ts'
import { type Panel, panelsIn } from '../../scripts/dashboards/panel.ts'
import { rows } from '../../scripts/dashboards/rows.ts'
import {
  busiestIn,
  type Choice,
  chosenFrom,
  everything,
  filledIn as withChoice,
} from '../../test/support/dashboards/choice.ts'
import { recordsOf } from '../../test/support/dashboards/expected.ts'
import { type StoredRecord, storedRecords } from '../../test/support/dashboards/records.ts'
import { corpus } from '../../test/support/stores/corpus.ts'
import { errorsIn, filtersOf, namesIn } from './logql.ts'

const until = Date.UTC(2026, 0, 8)
const { simulated, hostile } = corpus(until)
const records = storedRecords([...simulated, ...hostile])

interface Target {
  readonly expr: string
  readonly legendFormat?: string
}

const panels = rows
  .flatMap((row) => panelsIn(row, 'loki'))
  .map((panel): [title: string, panel: Panel, target: Target] => [
    panel.title,
    panel,
    loki.query(panel) as Target,
  ])

/** Grafana puts its variables in before Loki sees a query. */
function filledIn(expr: string, choice: Choice = everything): string {
  return withChoice(expr.replaceAll('$__auto', '5m').replaceAll('$__range', '24h'), choice)
}

const label = (name: string): string => name.replaceAll(/[^A-Za-z0-9_]/g, '_')

/**
 * The labels of a record that came through Loki's OTLP endpoint: resource and attributes, with an underscore for what is neither letter
 * nor digit. The event's name is not kept.
 */
function labelsOf({ attributes }: StoredRecord): Map<string, string> {
  return new Map(Object.entries(attributes).map(([name, value]) => [label(name), String(value)]))
}

const labels = records.map(labelsOf)
const busiest = busiestIn(records)
/** What Loki makes of other fields of a record. */
const ownLabels = ['observed_timestamp', 'severity_number', 'scope_name', 'scope_version', 'detected_level']
const known = new Set([...ownLabels, ...labels.flatMap((one) => [...one.keys()])])

/** What an attribute can have without end: people, addresses, apps. */
const unbounded = [
  'user_email',
  'client_address',
  'asana_audit_context_oauth_app_name',
  'asana_workspace_gid',
]

describe.each(panels)('%s', (_, panel, { expr, legendFormat = '' }) => {
  test('is LogQL by Grafana’s own grammar', () => {
    expect(errorsIn(filledIn(expr))).toEqual([])
    expect(filledIn(expr)).not.toContain('$')
  })

  test('asks for labels that records have in Loki', () => {
    const names = namesIn(filledIn(expr), legendFormat)
    expect(names).toContain('asana_workspace_gid')
    expect(names.filter((name) => !known.has(name))).toEqual([])
  })

  test('finds the events that it is about, and some', () => {
    const fits = filtersOf(filledIn(expr))
    const found = records.filter((_, at) => fits(labels[at]!))
    const about = recordsOf(panel, records).filter(({ attributes }) =>
      panel.kind !== 'top' && panel.kind !== 'newest' ? true : attributes[panel.by],
    )
    expect(found.length).toBeGreaterThan(0)
    expect(found).toEqual(about)
  })

  test('finds those of a chosen workspace and actor, and no other', () => {
    const fits = filtersOf(filledIn(expr, busiest))
    const found = records.filter((_, at) => fits(labels[at]!))
    const about = recordsOf(panel, chosenFrom(records, panel, busiest)).filter(({ attributes }) =>
      panel.kind !== 'top' && panel.kind !== 'newest' ? true : attributes[panel.by],
    )
    expect(found).toEqual(about)
  })

  test('groups by one label at most, since Loki bounds how many groups a query has', () => {
    const by = [...expr.matchAll(/by \(([^)]*)\)/g)].flatMap(([, names = '']) => names.split(/, ?/))
    expect(by.length).toBeLessThanOrEqual(1)
    // A chart over time has no topk: it must not be by people.
    if (panel.kind === 'time' && panel.title !== 'Events by workspace') expect(unbounded).not.toContain(by[0])
  })
})

test('the checks notice a query that is wrong', () => {
  expect(errorsIn('sum by (a (count_over_time({b="c"} [5m]))')).not.toEqual([])
  expect(errorsIn('{b="c"} | = d')).not.toEqual([])
  expect(namesIn('sum by (nope) (count_over_time({b="c"} | d="e" [5m]))', '{{legend}}')).toEqual([
    ...['nope', 'b', 'd', 'legend'],
  ])
  expect(known.has('asana_audit_event_typo')).toBe(false)
  expect(filtersOf('{a="b"} | c="d" | e=~`f|g`')(new Map([['c', 'd']]))).toBe(false)
})
