import { placed } from '../layout.ts'
import type { Panel, Row } from '../panel.ts'
import { panelsIn } from '../panel.ts'
import type { GrafanaStore } from './grafana-store.ts'
import { look } from './look.ts'

/** A dashboard to import into Grafana: all rows, asked of one store. */
export function grafanaDashboard(store: GrafanaStore, rows: readonly Row[]): object {
  return {
    uid: store.place === 'loki' ? 'asana-audit' : `asana-audit-${store.place}`,
    title: 'Asana audit log',
    description: store.description,
    tags: ['asana', 'audit', 'security'],
    editable: true,
    schemaVersion: 41,
    version: 1,
    timezone: 'utc',
    refresh: '1m',
    time: { from: 'now-24h', to: 'now' },
    templating: { list: variables(store) },
    annotations: { list: [] },
    links: [],
    panels: panelsOf(store, rows),
  }
}

function variables({ name, plugin, inputs = [] }: GrafanaStore): object[] {
  const everything = { text: '.*', value: '.*' }
  return [
    { name: 'datasource', label: name, type: 'datasource', query: plugin, current: {} },
    {
      name: 'workspace',
      label: 'Workspace gid',
      description: 'A regular expression.',
      type: 'textbox',
      query: '.*',
      current: everything,
    },
    {
      name: 'actor',
      label: "Actor's e-mail",
      description: 'A regular expression; .* includes those without one.',
      type: 'textbox',
      query: '.*',
      current: everything,
    },
    ...inputs.map(({ name, label, value }) => ({
      name,
      label,
      type: 'textbox',
      query: value,
      current: { text: value, value },
    })),
  ]
}

function panelsOf(store: GrafanaStore, rows: readonly Row[]): object[] {
  const panels: object[] = []
  const add = (panel: object) => panels.push({ id: panels.length + 1, ...panel })
  let y = 0
  for (const row of rows) {
    add({
      type: 'row',
      title: row.title,
      collapsed: false,
      panels: [],
      gridPos: { x: 0, y, w: 24, h: 1 },
    })
    const { places, end } = placed(panelsIn(row, store.place), y + 1)
    for (const [panel, gridPos] of places) add({ ...panelOf(store, panel), gridPos })
    y = end
  }
  return panels
}

function panelOf(store: GrafanaStore, panel: Panel): object {
  const { title, description } = panel
  const datasource = { type: store.plugin, uid: '$datasource' }
  return {
    title,
    ...(description === undefined ? {} : { description }),
    datasource,
    targets: [{ refId: 'A', datasource, ...store.query(panel) }],
    ...look(store, panel),
  }
}
