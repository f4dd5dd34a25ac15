import {
  ATTR_ASANA_AUDIT_UNMAPPED,
  ATTR_ASANA_WORKSPACE_GID,
  ATTR_LOG_RECORD_UID,
  ATTR_USER_EMAIL,
} from '../../../packages/schema/src/semconv.ts'
import { listed, most, type Panel } from '../panel.ts'
import { anyOf, hasWildcard, onlyKnownNulls } from '../patterns.ts'
import type { GrafanaStore } from './grafana-store.ts'

/** As the data source numbers what it makes of an answer. */
const formats = { timeseries: 0, table: 1, logs: 2 } as const

/** In the table that the Collector's exporter fills. */
function column(attribute: string): string {
  const map = attribute === ATTR_ASANA_WORKSPACE_GID ? 'ResourceAttributes' : 'LogAttributes'
  return `${map}['${attribute}']`
}

/** An event that came twice counts once, also where a table keeps both. */
const events = `uniqExact(${column(ATTR_LOG_RECORD_UID)}) AS events`

export const clickHouse: GrafanaStore = {
  place: 'clickhouse',
  name: 'ClickHouse',
  plugin: 'grafana-clickhouse-datasource',
  description: 'From asana-audit by an OpenTelemetry Collector into ClickHouse.',
  answersInTables: true,
  inputs: [{ name: 'table', label: 'Table', value: 'asana.audit_log' }],
  query(panel) {
    switch (panel.kind) {
      case 'stat':
        return sql('table', [`SELECT ${events}`, ...from(panel)])
      case 'time':
        return sql('timeseries', [
          `SELECT $__timeInterval(Timestamp) AS time, ${column(panel.by)} AS name, ${events}`,
          ...from(panel),
          'GROUP BY time, name ORDER BY time',
        ])
      case 'top':
        return sql('table', [
          `SELECT ${column(panel.by)} AS name, ${events}`,
          ...having(panel),
          `GROUP BY name ORDER BY events DESC, name LIMIT ${most}`,
        ])
      case 'newest':
        return sql('table', [
          `SELECT ${column(panel.by)} AS name, min(Timestamp) AS first_seen, ${events}`,
          ...having(panel),
          `GROUP BY name ORDER BY first_seen DESC, name LIMIT ${most}`,
        ])
      case 'list':
        return sql('logs', [
          'SELECT Timestamp AS timestamp, Body AS body, LogAttributes AS labels',
          ...from(panel),
          `ORDER BY timestamp DESC LIMIT 1 BY ${column(ATTR_LOG_RECORD_UID)} LIMIT ${listed}`,
        ])
      case 'delay':
        throw new Error('The table of the Collector does not keep when an event was read.')
    }
  },
}

function sql(format: keyof typeof formats, lines: readonly string[]): object {
  return { editorType: 'sql', rawSql: lines.join('\n'), format: formats[format], queryType: format }
}

function having(panel: Panel & { readonly by: string }): string[] {
  return [...from(panel), `  AND ${column(panel.by)} != ''`]
}

function from({ where = {}, unfamiliar, everybody }: Panel): string[] {
  const conditions = [
    "ServiceName = 'asana'",
    `match(${column(ATTR_ASANA_WORKSPACE_GID)}, '^(?:$workspace)$')`,
    ...(everybody ? [] : [`match(${column(ATTR_USER_EMAIL)}, '^(?:$actor)$')`]),
    ...Object.entries(where).map(([attribute, texts]) => condition(column(attribute), texts)),
  ]
  const unmapped = column(ATTR_ASANA_AUDIT_UNMAPPED)
  if (unfamiliar) conditions.push(`${unmapped} != ''`, `NOT match(${unmapped}, '^${onlyKnownNulls}$')`)
  return ['FROM $table', 'WHERE $__timeFilter(Timestamp)', ...conditions.map((one) => `  AND ${one}`)]
}

function condition(name: string, texts: readonly string[]): string {
  if (hasWildcard(texts)) return `match(${name}, '^(?:${anyOf(texts)})$')`
  return `${name} IN (${texts.map((text) => `'${text}'`).join(', ')})`
}
