import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { repository } from '../release/packed-packages.ts'

interface Panel {
  readonly id: number
  readonly title: string
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number }
  readonly datasource: object
  readonly targets: readonly { readonly refId: string; readonly expr: string }[]
}

/** The board of the pipe, as we ship it. */
export const board = JSON.parse(
  readFileSync(join(repository, 'deploy/prometheus/grafana-pipe.json'), 'utf8'),
) as {
  readonly panels: readonly Panel[]
  readonly templating: { readonly list: readonly { readonly name: string }[] }
}

/** Its queries, with the title of their panel. */
export const queries: readonly { readonly title: string; readonly expr: string }[] = board.panels.flatMap(
  ({ title, targets }) => targets.map(({ expr }) => ({ title, expr })),
)

/** Grafana puts its variables in before Prometheus sees a query. */
export function filledIn(expr: string): string {
  return expr.replaceAll('$pipeline', '.+').replaceAll('$__rate_interval', '1m')
}
