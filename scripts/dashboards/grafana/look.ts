import type { Panel } from '../panel.ts'
import type { GrafanaStore } from './grafana-store.ts'

interface Look {
  readonly type: string
  readonly fieldConfig?: { readonly defaults: object; readonly overrides: readonly object[] }
  readonly options: object
  readonly transformations?: readonly object[]
}

/** How Grafana draws a panel. */
export function look({ answersInTables }: GrafanaStore, panel: Panel): Look {
  switch (panel.kind) {
    case 'stat':
      return stat(panel.alert)
    case 'time':
      return timeseries('short', { drawStyle: 'bars', fillOpacity: 60, stacking: { mode: 'normal' } })
    case 'delay':
      return timeseries('s', { drawStyle: 'line', fillOpacity: 0, stacking: { mode: 'none' } })
    case 'top':
      return {
        type: 'bargauge',
        fieldConfig: { defaults: { min: 0, color: { mode: 'continuous-BlPu' } }, overrides: [] },
        options: {
          orientation: 'horizontal',
          displayMode: 'basic',
          // Each row of a table is a bar, or else each series.
          reduceOptions: answersInTables ? { values: true, calcs: [] } : { calcs: ['lastNotNull'] },
          showUnfilled: false,
        },
      }
    case 'newest':
      return newest(answersInTables ?? false)
    case 'list':
      return {
        type: 'logs',
        options: {
          showTime: true,
          wrapLogMessage: true,
          enableLogDetails: true,
          sortOrder: 'Descending',
          dedupStrategy: 'none',
        },
      }
  }
}

function stat(alert: 'orange' | 'red' | undefined): Look {
  const steps = [{ color: 'text', value: null }, ...(alert ? [{ color: alert, value: 1 }] : [])]
  return {
    type: 'stat',
    fieldConfig: { defaults: { noValue: '0', thresholds: { mode: 'absolute', steps } }, overrides: [] },
    options: { reduceOptions: { calcs: ['lastNotNull'] }, colorMode: 'value', graphMode: 'none' },
  }
}

function timeseries(unit: string, custom: object): Look {
  return {
    type: 'timeseries',
    fieldConfig: { defaults: { unit, custom }, overrides: [] },
    options: {
      legend: { displayMode: 'list', placement: 'bottom' },
      tooltip: { mode: 'multi', sort: 'desc' },
    },
  }
}

function newest(isTable: boolean): Look {
  if (isTable) return { type: 'table', options: { showHeader: true } }
  return {
    type: 'table',
    fieldConfig: { defaults: { unit: 'dateTimeAsIso' }, overrides: [] },
    options: { showHeader: true, sortBy: [{ displayName: 'Last *', desc: true }] },
    // A series for each group becomes a row.
    transformations: [{ id: 'reduce', options: { mode: 'seriesToRows', reducers: ['lastNotNull'] } }],
  }
}
