import {
  ATTR_ASANA_AUDIT_RELEVANCE,
  ATTR_ASANA_WORKSPACE_GID,
  ATTR_CLIENT_ADDRESS,
  ATTR_USER_EMAIL,
} from '../../packages/schema/src/semconv.ts'
import { lines } from './layout.ts'
import { most, type Panel, panelsIn, type Row } from './panel.ts'
import { hasWildcard } from './patterns.ts'

/** Fields that the add-on makes for people; they say `unknown` rather than nothing. */
const madeByAddon: { readonly [attribute: string]: string } = {
  [ATTR_ASANA_WORKSPACE_GID]: 'vendor_account',
  [ATTR_ASANA_AUDIT_RELEVANCE]: 'asana_relevance',
  [ATTR_CLIENT_ADDRESS]: 'src',
  [ATTR_USER_EMAIL]: 'asana_actor',
}

/** The field of the add-on: in both formats the name in Asana's JSON. */
export function splunkField(attribute: string): string {
  return madeByAddon[attribute] ?? attribute.replace(/^asana\.audit\./, '')
}

/** The panels of a row in Simple XML, to stand in a view of the add-on. */
export function splunkRows(row: Row): string {
  return lines(panelsIn(row, 'splunk'))
    .map((line) => `  <row>\n${line.map(panelXml).join('')}  </row>\n`)
    .join('')
}

function panelXml(panel: Panel): string {
  const { element, search, options } = shown(panel)
  const query = [events(panel), ...search].map(escaped).join('\n            | ')
  const all = options.map((one) => `        ${one}\n`)
  return `    <panel>
      <${element}>
        <title>${escaped(panel.title)}</title>
        <search>
          <query>${query}</query>
          <earliest>$time.earliest$</earliest>
          <latest>$time.latest$</latest>
        </search>
${all.join('')}      </${element}>
    </panel>
`
}

interface Shown {
  readonly element: 'single' | 'chart' | 'table'
  readonly search: readonly string[]
  readonly options: readonly string[]
}

function shown(panel: Panel): Shown {
  const option = (name: string, value: string) => `<option name="${name}">${value}</option>`
  const table = [option('drilldown', 'none'), option('count', '20')]
  const last = ['fieldformat last = strftime(last, "%F %T")']
  switch (panel.kind) {
    case 'stat':
      return {
        element: 'single',
        search: ['stats count'],
        options: [option('drilldown', 'none'), option('useThousandSeparators', 'true')],
      }
    case 'time':
      return {
        element: 'chart',
        search: [`timechart count by ${splunkField(panel.by)} limit=12`],
        options: [
          option('charting.chart', 'column'),
          option('charting.chart.stackMode', 'stacked'),
          option('charting.drilldown', 'none'),
          option('charting.axisTitleX.visibility', 'collapsed'),
        ],
      }
    case 'top':
      return {
        element: 'table',
        search: [
          `stats count latest(_time) as last by ${splunkField(panel.by)}`,
          `sort ${most} - count`,
          ...last,
        ],
        options: table,
      }
    case 'newest':
      return {
        element: 'table',
        search: [
          `stats earliest(_time) as first latest(_time) as last count dc(asana_actor) as people by ${splunkField(panel.by)}`,
          `sort ${most} - first`,
          'fieldformat first = strftime(first, "%F %T")',
          ...last,
        ],
        options: table,
      }
    case 'list':
      return {
        element: 'table',
        search: [
          'sort 0 - _time',
          'iplocation src',
          'table _time asana_relevance asana_actor signature object object_attrs src City Country user_agent',
        ],
        options: table,
      }
    case 'delay':
      throw new Error('The add-on has a panel of its own for the delay.')
  }
}

function events(panel: Panel): string {
  const { where = {} } = panel
  const conditions = Object.entries(where).map(([attribute, texts]) => {
    const [only] = texts
    const name = splunkField(attribute)
    return texts.length === 1 && !hasWildcard(texts) ? `${name}=${only}` : `${name} IN (${texts.join(', ')})`
  })
  // Asana's null is the word in the fields of its JSON; those that the add-on makes say unknown.
  if (panel.kind === 'top' || panel.kind === 'newest')
    conditions.push(`NOT ${splunkField(panel.by)}=${panel.by in madeByAddon ? 'unknown' : 'null'}`)
  if (conditions.length === 0) return '`asana_events("$workspace$")`'
  return `\`asana_events("$workspace$", "${conditions.join(' ')}")\``
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
