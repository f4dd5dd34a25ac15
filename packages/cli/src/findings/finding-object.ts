import { isIP } from 'node:net'
import { severityNumbers } from '@asana-audit/schema'
import type { Dialect } from '../dialect.ts'
import { type Finding, findingKey } from '../progress/finding/finding.ts'
import { version } from '../version.ts'

/** What a finding does not hold itself. */
export interface FindingOrigin {
  readonly pipeline: string
  readonly workspace: string
}

type ToObject = (finding: Finding, origin: FindingOrigin) => object

/**
 * A finding as one JSON object, in the words of the dialect of the events beside it, such that it cannot be taken for one of them. Not for
 * Panther, which reports every line that fits none of its schemas.
 */
export const findingObjects: { readonly [Name in Exclude<Dialect, 'otlp' | 'panther'>]: ToObject } = {
  event: (finding, origin) => ({ [findingKey]: findingJson(finding, origin) }),
  ocsf: toOcsf,
  ecs: toEcs,
  cim: toCim,
  udm: toUdm,
  asim: toAsim,
}

/** Our own form, the one that Splunk gets, too. The names are stable, and docs/findings.md lists them. */
export function findingJson(
  { id, rule, at, message, actor, from, group, count, gids }: Finding,
  { pipeline, workspace }: FindingOrigin,
): Readonly<Record<string, unknown>> {
  return {
    ...{ finding_id: id, time: timeOf(at), rule, message, pipeline, workspace },
    ...{ actor, ...(from !== undefined && { client_ip_address: from }), group, count, gids },
  }
}

/** What the object says of who and from where, for all dialects. */
function personOf({ actor: { email, name, gid } }: Finding): string {
  return email ?? name ?? gid ?? 'unknown'
}

const timeOf = (at: number): string => new Date(at).toISOString()

const severityIds = { informational: 1, low: 2, medium: 3, high: 4, critical: 5 } as const

/** Detection Finding of OCSF 1.8, https://schema.ocsf.io/1.8.0/classes/detection_finding. */
function toOcsf(finding: Finding, { workspace }: FindingOrigin): object {
  const { id, rule, at, message, actor, from, count, gids } = finding
  const user = {
    ...(actor.gid !== undefined && { uid: actor.gid }),
    ...(actor.name !== undefined && { name: actor.name }),
    ...(actor.email !== undefined && { email_addr: actor.email }),
  }
  const evidence = {
    ...(Object.keys(user).length > 0 && { actor: { user } }),
    ...(from !== undefined && isIP(from) !== 0 && { src_endpoint: { ip: from } }),
  }
  return {
    ...{ category_uid: 2, category_name: 'Findings', class_uid: 2004, class_name: 'Detection Finding' },
    ...{ activity_id: 1, activity_name: 'Create', type_uid: 200_401 },
    type_name: 'Detection Finding: Create',
    ...{ time: at, message, is_alert: true, status_id: 1, status: 'New', count },
    severity_id: severityIds[rule.level],
    severity: `${rule.level.slice(0, 1).toUpperCase()}${rule.level.slice(1)}`,
    metadata: {
      version: '1.8.0',
      product: { name: 'asana-audit', vendor_name: 'asana-audit', version },
      ...{ log_name: 'Findings', uid: id, tenant_uid: workspace },
    },
    finding_info: {
      ...{ uid: id, title: rule.title, desc: message, created_time: at },
      analytic: { type_id: 1, type: 'Rule', uid: rule.id, name: rule.title },
      related_events: gids.map((uid) => ({ uid })),
    },
    ...(Object.keys(evidence).length > 0 && { evidences: [evidence] }),
  }
}

/** An alert of ECS 9.4. */
function toEcs(finding: Finding, { pipeline, workspace }: FindingOrigin): object {
  const { id, rule, at, message, actor, from, count, gids } = finding
  return {
    '@timestamp': timeOf(at),
    ecs: { version: '9.4.0' },
    message,
    event: {
      ...{ kind: 'alert', category: [], type: ['info'], outcome: 'unknown', id, action: 'finding' },
      ...{ provider: 'asana-audit', module: 'asana', dataset: 'asana.finding' },
      severity: severityNumbers[rule.level],
    },
    rule: { id: rule.id, name: rule.title },
    ...(Object.keys(actor).length > 0 && {
      user: {
        ...(actor.gid !== undefined && { id: actor.gid }),
        ...(actor.email !== undefined && { email: actor.email }),
        ...(actor.name !== undefined && { full_name: actor.name }),
      },
    }),
    ...(from !== undefined && { source: { address: from, ...(isIP(from) !== 0 && { ip: from }) } }),
    organization: { id: workspace },
    asana: { finding: { level: rule.level, pipeline, count, gids: gids.join(' ') } },
  }
}

/** An alert of CIM 6.2. */
function toCim(finding: Finding, { pipeline, workspace }: FindingOrigin): object {
  const { id, rule, at, message, actor, from, count, gids } = finding
  return {
    ...{ _time: at / 1_000, tag: ['alert'], type: 'alert', app: 'asana-audit', dest: 'asana' },
    ...{ id, severity: rule.level, signature: rule.title, signature_id: rule.id, description: message },
    ...{ src: from ?? 'unknown', user: personOf(finding) },
    ...(actor.gid !== undefined && { user_id: actor.gid }),
    ...(actor.name !== undefined && { user_name: actor.name }),
    ...{ vendor_account: workspace, vendor_product: 'asana-audit' },
    'asana_audit.pipeline': pipeline,
    ...countedIn(count, gids),
  }
}

/** An alert of Google's UDM. Its description ends before the 1,024 bytes that it may have. */
function toUdm(finding: Finding, { pipeline, workspace }: FindingOrigin): object {
  const { id, rule, at, message, actor, from, count, gids } = finding
  const user = {
    ...(actor.gid !== undefined && { product_object_id: actor.gid }),
    ...(actor.name !== undefined && { user_display_name: actor.name }),
    ...(actor.email !== undefined && { userid: actor.email }),
  }
  const principal = {
    ...(Object.keys(user).length > 0 && { user }),
    ...(from !== undefined && isIP(from) !== 0 && { ip: [from] }),
  }
  return {
    metadata: {
      ...{ event_timestamp: timeOf(at), event_type: 'GENERIC_EVENT', product_event_type: 'finding' },
      ...{ vendor_name: 'asana-audit', product_name: 'asana-audit', product_version: version },
      ...{ product_log_id: id, product_deployment_id: workspace, description: message.slice(0, 250) },
    },
    ...(Object.keys(principal).length > 0 && { principal }),
    target: { application: 'Asana' },
    security_result: [
      {
        ...{ alert_state: 'ALERTING', rule_id: rule.id, rule_name: rule.title, description: message },
        severity: rule.level.toUpperCase(),
      },
    ],
    additional: { 'asana_audit.pipeline': pipeline, ...countedIn(count, gids) },
  }
}

const asimSeverities = {
  informational: 'Informational',
  low: 'Low',
  medium: 'Medium',
  high: 'High',
  critical: 'High',
} as const

/** An alert of ASIM 0.1. */
function toAsim(finding: Finding, { pipeline, workspace }: FindingOrigin): object {
  const { id, rule, at, message, actor, from, count, gids } = finding
  const name = actor.email ?? actor.name
  return {
    ...{ TimeGenerated: timeOf(at), EventStartTime: timeOf(at), EventEndTime: timeOf(at), EventCount: 1 },
    ...{ EventSchema: 'AlertEvent', EventSchemaVersion: '0.1', EventType: 'Alert' },
    ...{ EventUid: id, AlertId: id, EventVendor: 'asana-audit', EventProduct: 'asana-audit' },
    ...{ EventProductVersion: version, EventMessage: message, AlertDescription: message },
    ...{ AlertName: rule.title, RuleName: rule.title, Rule: rule.title, EventOriginalUid: id },
    ...{
      EventSeverity: asimSeverities[rule.level],
      EventOriginalSeverity: rule.level,
      DvcScopeId: workspace,
    },
    ...(actor.gid !== undefined && { UserId: actor.gid, UserIdType: 'Other' }),
    ...(name !== undefined && { Username: name, User: name }),
    ...(name !== undefined && { UsernameType: actor.email === undefined ? 'Simple' : 'UPN' }),
    ...(from !== undefined && isIP(from) !== 0 && { DvcIpAddr: from, IpAddr: from }),
    AdditionalFields: {
      ...{ 'asana_audit.pipeline': pipeline, 'asana_audit.finding.rule_id': rule.id },
      ...countedIn(count, gids),
    },
  }
}

function countedIn(count: number, gids: readonly string[]): object {
  return { 'asana_audit.finding.count': count, 'asana_audit.finding.gids': gids.join(' ') }
}
