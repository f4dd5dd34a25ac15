import { listed, most, type Panel } from '../panel.ts'
import { ecsField } from './lucene-query.ts'
import { type SavedObject, savedObject } from './saved-object.ts'

const indexRefName = 'kibanaSavedObjectMeta.searchSourceJSON.index'

/** What a list shows of each document. */
const columns = ['message', 'asana.audit.relevance']

/** A panel as a visualization, or as a saved search if it lists events. */
export function savedPanel(id: string, panel: Panel, query: string, indexPattern: string): SavedObject {
  const common = {
    title: `Asana audit log: ${panel.title}`,
    description: panel.description ?? '',
    version: 1,
    kibanaSavedObjectMeta: {
      searchSourceJSON: JSON.stringify({
        query: { query, language: 'lucene' },
        filter: [],
        indexRefName,
      }),
    },
  }
  const references = [{ name: indexRefName, type: 'index-pattern' as const, id: indexPattern }]
  if (panel.kind === 'list') {
    const attributes = { ...common, hits: 0, columns, sort: [['@timestamp', 'desc']] }
    return savedObject('search', id, attributes, references)
  }
  const visState = JSON.stringify({ title: panel.title, ...visualization(panel) })
  return savedObject('visualization', id, { ...common, uiStateJSON: '{}', visState }, references)
}

interface Visualization {
  readonly type: string
  readonly params: object
  readonly aggs: readonly object[]
}

function visualization(panel: Panel): Visualization {
  switch (panel.kind) {
    case 'stat':
      return { type: 'metric', params: metric, aggs: [count] }
    case 'time':
      return {
        type: 'histogram',
        params: stackedBars,
        aggs: [
          count,
          aggregation('2', 'date_histogram', 'segment', {
            field: '@timestamp',
            interval: 'auto',
            min_doc_count: 1,
          }),
          terms('3', 'group', { field: ecsField(panel.by), size: listed, orderBy: '1' }),
        ],
      }
    case 'top':
      return {
        type: 'table',
        params: table,
        aggs: [count, terms('2', 'bucket', { field: ecsField(panel.by), size: most, orderBy: '1' })],
      }
    case 'newest':
      return {
        type: 'table',
        params: table,
        aggs: [
          count,
          aggregation('2', 'min', 'metric', { field: '@timestamp', customLabel: 'First' }),
          terms('3', 'bucket', { field: ecsField(panel.by), size: most, orderBy: '2' }),
        ],
      }
    case 'list':
    case 'delay':
      throw new Error(`${panel.kind} is no visualization of OpenSearch Dashboards.`)
  }
}

function aggregation(id: string, type: string, schema: string, params: object): object {
  return { id, enabled: true, type, schema, params }
}

const count = aggregation('1', 'count', 'metric', { customLabel: 'Events' })

/** The groups with the most of `orderBy`, the id of another aggregation. */
function terms(id: string, schema: string, params: { field: string; size: number; orderBy: string }): object {
  return aggregation(id, 'terms', schema, {
    ...params,
    order: 'desc',
    otherBucket: false,
    missingBucket: false,
  })
}

const metric = {
  addTooltip: true,
  addLegend: false,
  type: 'metric',
  metric: {
    percentageMode: false,
    useRanges: false,
    colorSchema: 'Green to Red',
    metricColorMode: 'None',
    colorsRange: [{ from: 0, to: 10_000 }],
    labels: { show: true },
    invertColors: false,
    style: { bgFill: '#000', bgColor: false, labelColor: false, subText: '', fontSize: 40 },
  },
}

const table = {
  perPage: most,
  showPartialRows: false,
  showMetricsAtAllLevels: false,
  showTotal: false,
  totalFunc: 'sum',
  percentageCol: '',
}

const stackedBars = {
  type: 'histogram',
  grid: { categoryLines: false },
  categoryAxes: [
    {
      id: 'CategoryAxis-1',
      type: 'category',
      position: 'bottom',
      show: true,
      style: {},
      scale: { type: 'linear' },
      labels: { show: true, filter: true, truncate: 100 },
      title: {},
    },
  ],
  valueAxes: [
    {
      id: 'ValueAxis-1',
      name: 'LeftAxis-1',
      type: 'value',
      position: 'left',
      show: true,
      style: {},
      scale: { type: 'linear', mode: 'normal' },
      labels: { show: true, rotate: 0, filter: false, truncate: 100 },
      title: { text: 'Events' },
    },
  ],
  seriesParams: [
    {
      show: true,
      type: 'histogram',
      mode: 'stacked',
      data: { label: 'Events', id: '1' },
      valueAxis: 'ValueAxis-1',
      drawLinesBetweenPoints: true,
      lineWidth: 2,
      showCircles: true,
    },
  ],
  addTooltip: true,
  addLegend: true,
  legendPosition: 'bottom',
  times: [],
  addTimeMarker: false,
  labels: { show: false },
  thresholdLine: { show: false, value: 10, width: 1, style: 'full', color: '#E7664C' },
}
