import {
  ATTR_ASANA_AUDIT_UNMAPPED,
  ATTR_ASANA_WORKSPACE_GID,
  ATTR_USER_EMAIL,
} from '../../../packages/schema/src/semconv.ts'
import { listed, most, type Panel } from '../panel.ts'
import { anyOf, hasWildcard, onlyKnownNulls } from '../patterns.ts'
import type { GrafanaStore } from './grafana-store.ts'

/** Loki has an attribute by its name with underscores. */
const label = (attribute: string): string => attribute.replaceAll('.', '_')

export const loki: GrafanaStore = {
  place: 'loki',
  name: 'Loki',
  plugin: 'loki',
  description: 'From asana-audit by an OpenTelemetry Collector into Loki.',
  query(panel) {
    switch (panel.kind) {
      case 'stat':
        return { expr: `sum (count_over_time(${selected(panel)} [$__range]))`, queryType: 'instant' }
      case 'time':
        return {
          expr: `sum by (${label(panel.by)}) (count_over_time(${selected(panel)} [$__auto]))`,
          queryType: 'range',
          legendFormat: legend(panel.by),
        }
      case 'top':
        return {
          expr: `topk(${most}, sum by (${label(panel.by)}) (count_over_time(${having(panel)} [$__range])))`,
          queryType: 'instant',
          legendFormat: legend(panel.by),
        }
      case 'newest':
        return {
          expr: `topk(${most}, min_over_time(${having(panel)} | label_format first=\`{{ __timestamp__ | unixEpochMillis }}\` | unwrap first [$__range]) by (${label(panel.by)}))`,
          queryType: 'instant',
          legendFormat: legend(panel.by),
        }
      case 'list':
        return { expr: selected(panel), queryType: 'range', maxLines: listed }
      case 'delay':
        return {
          expr: `quantile_over_time(0.95, ${selected(panel)} | label_format delay=\`{{ subf (divf .observed_timestamp 1000000000) (__timestamp__ | unixEpoch) }}\` | unwrap delay [$__auto]) by (${label(ATTR_ASANA_WORKSPACE_GID)})`,
          queryType: 'range',
          legendFormat: legend(ATTR_ASANA_WORKSPACE_GID),
        }
    }
  },
}

const legend = (attribute: string): string => `{{${label(attribute)}}}`

/** The events of a panel, without those that lack what it groups by. */
function having(panel: Panel & { readonly by: string }): string {
  return `${selected(panel)} | ${label(panel.by)}!=""`
}

function selected({ where = {}, unfamiliar, everybody }: Panel): string {
  const stages = [
    `${label(ATTR_ASANA_WORKSPACE_GID)}=~\`$workspace\``,
    ...(everybody ? [] : [`${label(ATTR_USER_EMAIL)}=~\`$actor\``]),
    ...Object.entries(where).map(([attribute, texts]) => condition(label(attribute), texts)),
  ]
  const unmapped = label(ATTR_ASANA_AUDIT_UNMAPPED)
  if (unfamiliar) stages.push(`${unmapped}!=""`, `${unmapped}!~\`${onlyKnownNulls}\``)
  return ['{service_name="asana"}', ...stages].join(' | ')
}

function condition(name: string, texts: readonly string[]): string {
  const [only] = texts
  if (texts.length === 1 && !hasWildcard(texts)) return `${name}="${only}"`
  return `${name}=~\`${anyOf(texts)}\``
}
