import { type Position, placed } from '../layout.ts'
import { type Panel, panelsIn, type Row } from '../panel.ts'
import { luceneQuery } from './lucene-query.ts'
import { type SavedObject, savedObject } from './saved-object.ts'
import { savedPanel } from './saved-panel.ts'

const indexPattern = savedObject('index-pattern', 'asana-audit-ecs', {
  title: 'asana-audit-ecs*',
  timeFieldName: '@timestamp',
  // OpenSearch Dashboards asks the indices for them.
  fields: '[]',
})

/** An index pattern, a dashboard, and what is in it, each a saved object to import into OpenSearch Dashboards. */
export function openSearchObjects(rows: readonly Row[]): readonly SavedObject[] {
  const shown: { object: SavedObject; position: Position }[] = []
  let y = 0
  for (const row of rows) {
    const title = savedObject('visualization', `asana-audit-${row.id}`, heading(row.title))
    shown.push({ object: title, position: { x: 0, y, w: 24, h: 2 } })
    const { places, end } = placed(panelsIn(row, 'opensearch'), y + 2)
    for (const [panel, position] of places) {
      const id = `asana-audit-${row.id}-${panelId(panel)}`
      shown.push({ object: savedPanel(id, panel, luceneQuery(panel), indexPattern.id), position })
    }
    y = end
  }
  return [indexPattern, ...shown.map(({ object }) => object), dashboard(shown)]
}

function panelId({ title }: Panel): string {
  return title.toLowerCase().replaceAll(/[^a-z]+/g, '-')
}

function heading(title: string): SavedObject['attributes'] {
  const params = { fontSize: 12, openLinksInNewTab: false, markdown: `## ${title}` }
  return {
    title: `Asana audit log: ${title}`,
    description: '',
    version: 1,
    uiStateJSON: '{}',
    visState: JSON.stringify({ title, type: 'markdown', params, aggs: [] }),
    kibanaSavedObjectMeta: { searchSourceJSON: '{}' },
  }
}

/** Twice as many columns as in Grafana, and rows that are half as high. */
function dashboard(shown: readonly { object: SavedObject; position: Position }[]): SavedObject {
  const panels = shown.map(({ position: { x, y, w, h } }, at) => ({
    version: '2.19.0',
    panelIndex: String(at),
    panelRefName: `panel_${at}`,
    gridData: { x: 2 * x, y: 2 * y, w: 2 * w, h: 2 * h, i: String(at) },
    embeddableConfig: {},
  }))
  const references = shown.map(({ object: { type, id } }, at) => ({ name: `panel_${at}`, type, id }))
  return savedObject(
    'dashboard',
    'asana-audit',
    {
      title: 'Asana audit log',
      description: 'From asana-audit, as ECS documents in OpenSearch.',
      hits: 0,
      version: 1,
      timeRestore: true,
      timeFrom: 'now-24h',
      timeTo: 'now',
      optionsJSON: JSON.stringify({ hidePanelTitles: false, useMargins: true }),
      panelsJSON: JSON.stringify(panels),
      kibanaSavedObjectMeta: {
        searchSourceJSON: JSON.stringify({ query: { query: '', language: 'lucene' }, filter: [] }),
      },
    },
    references,
  )
}
