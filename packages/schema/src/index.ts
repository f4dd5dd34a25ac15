export { type Drift, drift } from './event/drift.ts'
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
} from './event/event.ts'
export { auditLogEventJsonSchema, type JsonSchema } from './event/event-json-schema.ts'
export {
  type DetailType,
  type EventCategory,
  type EventType,
  eventType,
  eventTypes,
  isEventCategory,
  isKnownEventType,
  type KnownEventType,
} from './event/event-types.ts'
export { fromJsonText } from './event/from-json-text.ts'
export { type Instant, isInstant, parseInstant, parseMillis } from './event/instant.ts'
export { parseLosslessJson } from './event/lossless-json.ts'
export { nearestName } from './event/nearest-name.ts'
export { toJsonText } from './event/to-json-text.ts'
export { type OptionNames, unknownOption } from './known-options.ts'
export type { AttributeMap, AttributeValue } from './log-record/attribute-map.ts'
export { type AuditLogger, emit } from './log-record/emit.ts'
export {
  type EmittedRecord,
  type IndicatorProcessor,
  indicatorProcessor,
} from './log-record/indicator-processor.ts'
export {
  type IndicatorKind,
  type Indicators,
  indicatorPaths,
  indicators,
} from './log-record/indicators.ts'
export {
  type AuditLogRecord,
  fromLogRecord,
  type LogRecordHead,
  type LogRecordOptions,
  toLogRecord,
  writeLogRecord,
} from './log-record/log-record.ts'
export type { PutAttribute } from './log-record/put-attribute.ts'
export { type AuditResourceOptions, auditResourceAttributes } from './log-record/resource.ts'
export { auditScope } from './log-record/scope.ts'
export {
  ATTR_ASANA_AUDIT_ACTOR_EMAIL,
  ATTR_ASANA_AUDIT_ACTOR_GID,
  ATTR_ASANA_AUDIT_ACTOR_NAME,
  ATTR_ASANA_AUDIT_ACTOR_TYPE,
  ATTR_ASANA_AUDIT_API_AUTHENTICATION_METHOD,
  ATTR_ASANA_AUDIT_CLIENT_IP_ADDRESS,
  ATTR_ASANA_AUDIT_CONTEXT_TYPE,
  ATTR_ASANA_AUDIT_CREATED_AT,
  ATTR_ASANA_AUDIT_DETAILS,
  ATTR_ASANA_AUDIT_EVENT_CATEGORY,
  ATTR_ASANA_AUDIT_EVENT_TYPE,
  ATTR_ASANA_AUDIT_GID,
  ATTR_ASANA_AUDIT_INDICATORS_EMAIL,
  ATTR_ASANA_AUDIT_INDICATORS_IP,
  ATTR_ASANA_AUDIT_INDICATORS_USERNAME,
  ATTR_ASANA_AUDIT_OAUTH_APP_NAME,
  ATTR_ASANA_AUDIT_ON_BEHALF_OF_USER_ID,
  ATTR_ASANA_AUDIT_RELEVANCE,
  ATTR_ASANA_AUDIT_RESOURCE_EMAIL,
  ATTR_ASANA_AUDIT_RESOURCE_GID,
  ATTR_ASANA_AUDIT_RESOURCE_NAME,
  ATTR_ASANA_AUDIT_RESOURCE_SUBTYPE,
  ATTR_ASANA_AUDIT_RESOURCE_TYPE,
  ATTR_ASANA_AUDIT_RULE_NAME,
  ATTR_ASANA_AUDIT_UNMAPPED,
  ATTR_ASANA_AUDIT_USER_AGENT,
  ATTR_ASANA_WORKSPACE_GID,
  ATTR_CLIENT_ADDRESS,
  ATTR_LOG_RECORD_UID,
  ATTR_SERVICE_NAME,
  ATTR_TELEMETRY_DISTRO_NAME,
  ATTR_TELEMETRY_DISTRO_VERSION,
  ATTR_USER_AGENT_ORIGINAL,
  ATTR_USER_EMAIL,
  ATTR_USER_FULL_NAME,
  ATTR_USER_ID,
} from './log-record/semconv.ts'
export { type SeverityNumber, severityNumber, severityNumbers } from './log-record/severity.ts'
export { type Direction, direction } from './mapping/direction.ts'
export type { FallbackId, Relevance, RowId, Target, Weaker } from './mapping/families.ts'
export type { FamilyId } from './mapping/family-types.ts'
export { familyTypes } from './mapping/family-types.ts'
export {
  type CimMapping,
  type EcsMapping,
  type EventMapping,
  mappingOf,
  type OcsfMapping,
  type UdmMapping,
} from './mapping/mapping-of.ts'
export { relevanceOf } from './mapping/relevance.ts'
export { type RelevancePolicy, relevancePolicy } from './mapping/relevance-policy.ts'
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
