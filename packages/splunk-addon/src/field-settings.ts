import * as semconv from '@asana-audit/schema/semconv'
import { detailExpression, detailNames } from './detail-names.ts'

const prefix = 'asana.audit.'

/** Our attributes of OpenTelemetry records. Each is an indexed field in Splunk. */
const attributes: readonly string[] = Object.entries(semconv)
  .filter(([name]) => name.startsWith('ATTR_ASANA_'))
  .map(([, value]) => value)
  .sort()

/**
 * The attributes that carry one field of the event; not details and unmapped, which are JSON texts, and not derived
 * ones.
 */
export const carriers: ReadonlyMap<string, string> = new Map(
  attributes
    .filter(
      (name) =>
        name.startsWith(prefix) &&
        !/^(details|unmapped|relevance|repair$|replay$|indicators\.|provenance\.)/.test(
          name.slice(prefix.length),
        ),
    )
    .map((name) => [name, name.slice(prefix.length)]),
)

/** The indexed fields of `asanaHecEvent`. */
const asanaFormat = [
  'asana_actor_email',
  'asana_actor_type',
  'asana_client_ip_address',
  'asana_event_category',
  'asana_event_type',
  'asana_gid',
  'asana_repair',
  'asana_replay',
  'asana_severity_number',
]

/** The indexed fields of a context. Under the names of the attributes other sources of an index may have fields of their own. */
const ofContext = Object.entries(semconv)
  .filter(([name]) => /^ATTR_(AS|GEO|USER_AGENT|ASANA_AUDIT_PROVENANCE)_(?!ORIGINAL)/.test(name))
  .map(([, value]) => `asana_${value.replace(prefix, '').replaceAll('.', '_')}`)
  .sort()

/** The indexed fields of what the rules of the command find. */
const ofFindings = ['asana_finding_id', 'asana_finding_level', 'asana_finding_rule']

/** Settings of props.conf. */
export function fieldAliases(): string {
  return [...carriers]
    .map(([from, to]) => `FIELDALIAS-${to.replaceAll('.', '_')} = "${from}" ASNEW "${to}"`)
    .join('\n')
}

/** Settings of props.conf. */
export function detailFields(): string {
  return detailNames.map(({ name }) => `EVAL-${name} = ${detailExpression(name)}`).join('\n')
}

/** Stanzas of fields.conf. */
export function indexedFields(): string {
  return [...asanaFormat, ...ofContext, ...ofFindings, ...attributes]
    .map((name) => `[${name}]\nINDEXED = true`)
    .join('\n\n')
}
