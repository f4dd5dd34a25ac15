import { clickHouse } from './grafana/clickhouse.ts'
import { grafanaDashboard } from './grafana/dashboard.ts'
import { loki } from './grafana/loki.ts'
import { victoriaLogs } from './grafana/victorialogs.ts'
import { openSearchObjects } from './opensearch/saved-objects.ts'
import { rows } from './rows.ts'
import { splunkRows } from './splunk.ts'

/** Every file that is made of the description of the panels, by its path in the repository. */
export function dashboardFiles(): ReadonlyMap<string, string> {
  const grafana = [loki, victoriaLogs, clickHouse].map((store): [string, string] => [
    `examples/dashboards/grafana-${store.place}.json`,
    `${JSON.stringify(grafanaDashboard(store, rows), null, 2)}\n`,
  ])
  const objects = openSearchObjects(rows).map((object) => `${JSON.stringify(object)}\n`)
  const splunk = rows.map((row): [string, string] => [
    `packages/splunk-addon/panels/${row.id}.xml`,
    splunkRows(row),
  ])
  return new Map([
    ...grafana,
    ['examples/dashboards/opensearch-dashboards.ndjson', objects.join('')],
    ...splunk,
  ])
}
