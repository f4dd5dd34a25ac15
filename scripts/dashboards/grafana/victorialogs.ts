import {
  ATTR_ASANA_AUDIT_UNMAPPED,
  ATTR_ASANA_WORKSPACE_GID,
  ATTR_LOG_RECORD_UID,
  ATTR_USER_EMAIL,
} from '../../../packages/schema/src/semconv.ts'
import { listed, most, type Panel } from '../panel.ts'
import { anyOf, hasWildcard, onlyKnownNulls } from '../patterns.ts'
import type { GrafanaStore } from './grafana-store.ts'

const quoted = (text: string): string => `"${text}"`
/** An event that came twice counts once. */
const count = `count_uniq(${quoted(ATTR_LOG_RECORD_UID)}) as events`

export const victoriaLogs: GrafanaStore = {
  place: 'victorialogs',
  name: 'VictoriaLogs',
  plugin: 'victoriametrics-logs-datasource',
  description: 'From asana-audit by OTLP into VictoriaLogs.',
  query(panel) {
    switch (panel.kind) {
      case 'stat':
        return { expr: `${selected(panel)} | stats ${count}`, queryType: 'stats' }
      case 'time':
        return {
          expr: `${selected(panel)} | stats by (${quoted(panel.by)}) ${count}`,
          queryType: 'statsRange',
          legendFormat: legend(panel.by),
        }
      case 'top':
        return {
          expr: `${having(panel)} | stats by (${quoted(panel.by)}) ${count} | sort by (events desc) | limit ${most}`,
          queryType: 'stats',
          legendFormat: legend(panel.by),
        }
      case 'newest':
        return {
          // Arithmetic takes a time as nanoseconds; Grafana wants milliseconds.
          expr: `${having(panel)} | stats by (${quoted(panel.by)}) min(_time) as first | math round(first / 1000000) as first_seen | fields ${quoted(panel.by)}, first_seen | sort by (first_seen desc) | limit ${most}`,
          queryType: 'stats',
          legendFormat: legend(panel.by),
        }
      case 'list':
        return {
          expr: `${selected(panel)} | first 1 by (_time) partition by (${quoted(ATTR_LOG_RECORD_UID)}) | sort by (_time desc) | limit ${listed}`,
          queryType: 'instant',
          maxLines: listed,
        }
      case 'delay':
        throw new Error('VictoriaLogs does not keep when an event was read.')
    }
  },
}

const legend = (attribute: string): string => `{{${attribute}}}`

function having(panel: Panel & { readonly by: string }): string {
  return `${selected(panel)} ${quoted(panel.by)}:*`
}

function selected({ where = {}, unfamiliar, everybody }: Panel): string {
  const filters = [
    '{service.name="asana"}',
    // In backquotes, a backslash in what a person writes stays one: in other quotes `\.` is a syntax error.
    `${quoted(ATTR_ASANA_WORKSPACE_GID)}:~\`^(?:$workspace)$\``,
    ...(everybody ? [] : [`${quoted(ATTR_USER_EMAIL)}:~\`^(?:$actor)$\``]),
    ...Object.entries(where).map(([attribute, texts]) => condition(quoted(attribute), texts)),
  ]
  const unmapped = quoted(ATTR_ASANA_AUDIT_UNMAPPED)
  if (unfamiliar) filters.push(`${unmapped}:*`, `-${unmapped}:~\`^${onlyKnownNulls}$\``)
  return filters.join(' ')
}

function condition(name: string, texts: readonly string[]): string {
  if (hasWildcard(texts)) return `${name}:~"^(?:${anyOf(texts)})$"`
  return `${name}:in(${texts.map(quoted).join(', ')})`
}
