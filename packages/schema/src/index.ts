export type { AttributeMap, AttributeValue } from './attribute-map.ts'
export { type Drift, drift } from './drift.ts'
export { type AuditLogger, emit } from './emit.ts'
export {
  type AuditLogActor,
  type AuditLogContext,
  type AuditLogEvent,
  type AuditLogResource,
  actorTypes,
  apiAuthenticationMethods,
  auditLogEvent,
  contextTypes,
  parseAuditLogEvent,
} from './event.ts'
export { auditLogEventJsonSchema, type JsonSchema } from './event-json-schema.ts'
export {
  type DetailType,
  type EventCategory,
  type EventType,
  eventType,
  eventTypes,
  isEventCategory,
  isKnownEventType,
  type KnownEventType,
} from './event-types.ts'
export {
  applyFieldPolicy,
  defaultFieldPolicy,
  type FieldAction,
  type FieldPolicy,
  type FieldPolicyOptions,
  fieldPolicy,
  keepAll,
} from './field-policy.ts'
export { fromJsonText } from './from-json-text.ts'
export {
  type EmittedRecord,
  type IndicatorProcessor,
  indicatorProcessor,
} from './indicator-processor.ts'
export {
  type IndicatorKind,
  type Indicators,
  indicatorPaths,
  indicators,
} from './indicators.ts'
export { type Instant, isInstant, parseInstant, parseMillis } from './instant.ts'
export {
  type AuditLogRecord,
  fromLogRecord,
  type LogRecordOptions,
  toLogRecord,
} from './log-record.ts'
export { type AuditResourceOptions, auditResourceAttributes } from './resource.ts'
export { auditScope } from './scope.ts'
export * from './semconv.ts'
export { type SeverityNumber, severityNumber } from './severity.ts'
export { toJsonText } from './to-json-text.ts'
