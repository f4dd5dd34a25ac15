import type { Panel } from '../../../scripts/dashboards/panel.ts'
import { countsBy } from './expected.ts'
import type { StoredRecord } from './records.ts'

/** What a person has chosen above the panels of Grafana: regular expressions. */
export interface Choice {
  readonly workspace: string
  readonly actor: string
}

/** As a dashboard opens. */
export const everything: Choice = { workspace: '.*', actor: '.*' }

/** The workspace and the actor with the most events, as somebody writes them who knows that a dot stands for any character. */
export function busiestIn(records: readonly StoredRecord[]): Choice {
  const most = (name: string): string => {
    const [[value = ''] = []] = [...countsBy(name, records)].sort(([, a], [, b]) => b - a)
    return value.replaceAll('.', '\\.')
  }
  return { workspace: most('asana.workspace.gid'), actor: most('user.email') }
}

/** A query with what was chosen, as Grafana sends it. */
export function filledIn(query: string, choice: Choice): string {
  return query.replaceAll(/\$(workspace|actor)/g, (_, name: keyof Choice) => choice[name])
}

/** The records that a panel may show then. */
export function chosenFrom(
  records: readonly StoredRecord[],
  { everybody }: Panel,
  { workspace, actor }: Choice,
): StoredRecord[] {
  const isChosen = (pattern: string, value: unknown): boolean =>
    new RegExp(`^(?:${pattern})$`).test(typeof value === 'string' ? value : '')
  return records.filter(
    ({ attributes }) =>
      isChosen(workspace, attributes['asana.workspace.gid']) &&
      (everybody || isChosen(actor, attributes['user.email'])),
  )
}
