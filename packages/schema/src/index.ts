// An event, checked.
export { auditLogEvent, parseAuditLogEvent } from './event/event.ts'
export type { AuditLogActor, AuditLogContext, AuditLogEvent, AuditLogResource } from './event/event.ts'

// As a LogRecord of OpenTelemetry, and back.
export { fromLogRecord, toLogRecord } from './log-record/log-record.ts'
export type { AuditLogRecord, LogRecordOptions } from './log-record/log-record.ts'
export type { AttributeValue } from './log-record/attribute-map.ts'
export { type AuditResourceOptions, auditResourceAttributes } from './log-record/resource.ts'
export { auditScope } from './log-record/scope.ts'
export { type SeverityNumber, severityNumber, severityNumbers } from './log-record/severity.ts'

// The indicators of an event: email, IP address, username.
export {
  type IndicatorKind,
  type Indicators,
  indicatorPaths,
  indicators,
} from './log-record/indicators.ts'

// Policies: which fields may leave, and how much each kind of event matters.
export {
  applyFieldPolicy,
  defaultFieldPolicy,
  type FieldAction,
  type FieldPolicy,
  type FieldPolicyOptions,
  fieldPolicy,
  keepAll,
} from './policy/field-policy.ts'
export type { PolicyError, PolicyProblem } from './policy/policy-problem.ts'
export { type RelevancePolicy, relevancePolicy } from './mapping/relevance-policy.ts'
export type { Relevance } from './mapping/families.ts'

// The known event types, and drift: what this version does not know.
export {
  type EventCategory,
  type EventType,
  eventType,
  eventTypes,
  isEventCategory,
  isKnownEventType,
  type KnownEventType,
} from './event/event-types.ts'
export { auditLogEventJsonSchema, type JsonSchema } from './event/event-json-schema.ts'
export { type Drift, drift } from './event/drift.ts'

// For use with the SDK of OpenTelemetry.
export { type AuditLogger, emit } from './log-record/emit.ts'
export {
  type EmittedRecord,
  type IndicatorProcessor,
  indicatorProcessor,
} from './log-record/indicator-processor.ts'

// Under subpaths: `/dialects/…` (ASIM, CIM, ECS, OCSF, Panther, UDM), `/context` (what is known beside the event), `/semconv` (names of attributes), `/mapping` (the tables behind the
// dialects), `/lossless` (JSON and times without loss), `/encoder` (a LogRecord without an object in between), `/options`.
// Not exported: how a policy and a mapping are applied.
