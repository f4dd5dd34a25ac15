import { objectLines } from '@asana-audit/jsonl'
import { jsonLines } from '@asana-audit/otlp/encoding'
import {
  type AuditLogEvent,
  auditResourceAttributes,
  auditScope,
  keepAll,
  toLogRecord,
} from '@asana-audit/schema'
import { withContext } from '@asana-audit/schema/context'
import { toAsim } from '@asana-audit/schema/dialects/asim'
import { toCim } from '@asana-audit/schema/dialects/cim'
import { toEcs } from '@asana-audit/schema/dialects/ecs'
import { toOcsf } from '@asana-audit/schema/dialects/ocsf'
import { toPanther } from '@asana-audit/schema/dialects/panther'
import { toUdm } from '@asana-audit/schema/dialects/udm'
import type { Dialect, ViewOptions } from './dialect.ts'

/** Makes an event of another dialect. The field policy has been applied to it. */
export type ToDialect = (event: AuditLogEvent, view: ViewOptions) => object

const mappers: { readonly [Name in Exclude<Dialect, 'otlp'>]: ToDialect } = {
  event: (event, { context }) => withContext(event, context?.(event)),
  panther: (event, { context }) => toPanther(event, { context }),
  ocsf: (event, { workspace, relevance, context }) => toOcsf(event, { workspace, relevance, context }),
  ecs: (event, { workspace, observedTimestamp, relevance, context }) =>
    toEcs(event, { workspace, observedTimestamp, relevance, context }),
  cim: (event, { workspace, relevance, context }) => toCim(event, { workspace, relevance, context }),
  udm: (event, { workspace, observedTimestamp, relevance, context }) =>
    toUdm(event, { workspace, observedTimestamp, relevance, context }),
  asim: (event, { workspace, relevance, context }) => toAsim(event, { workspace, relevance, context }),
}

/** Undefined for OTLP, which has many records on one line. */
export function mapperTo(dialect: Dialect): ToDialect | undefined {
  return dialect === 'otlp' ? undefined : mappers[dialect]
}

/** One event as one line of JSON, without the line feed. */
export function lineIn(dialect: Dialect, event: AuditLogEvent, view: ViewOptions): string {
  const map = mapperTo(dialect)
  const lines = map ? objectLines([map(event, view)]) : otlpLines(event, view)
  const text = [...lines].map(({ bytes }) => bytes.toString()).join('')
  return text.slice(0, -1)
}

function otlpLines(
  event: AuditLogEvent,
  { workspace, observedTimestamp, relevance, resource, context }: ViewOptions,
): ReturnType<ReturnType<typeof jsonLines>> {
  const ours = workspace === undefined ? {} : auditResourceAttributes({ workspace })
  const record = toLogRecord(event, {
    fieldPolicy: keepAll,
    ...{ relevance, context },
    ...(observedTimestamp && { observedTimestamp }),
  })
  return jsonLines({ resource: resource ?? ours, scope: auditScope })([record])
}
