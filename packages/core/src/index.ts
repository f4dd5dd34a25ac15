export {
  type AsanaSource,
  type AsanaSourceOptions,
  type AuditLogFilters,
  asanaSource,
} from './asana-source.ts'
export { type Clock, systemClock } from './clock.ts'
export type {
  Batch,
  Claim,
  Commit,
  Cursor,
  Identity,
  Lane,
  LaneSummary,
  OnFact,
  QuarantineEntry,
  QuarantineKind,
  Refused,
  Sink,
  Source,
  State,
  StoredQuarantineEntry,
} from './contract.ts'
export { type Delivered, type DeliverOptions, deliver, type Identified } from './deliver.ts'
export type {
  Committed,
  Fact,
  FirstSight,
  Healed,
  Idle,
  PageRead,
  Part,
  Paused,
  Quarantined,
  RepeatsDropped,
  Resumed,
  Retrying,
  WriteAccepted,
} from './fact.ts'
export { type Fault, type FaultOptions, type FaultShape, fault, isFault, toFault } from './fault.ts'
export {
  type AuditLogAccess,
  type AuditLogPage,
  type AuditLogQuery,
  type AuditLogRequest,
  asanaBaseUrl,
  getAuditLogEvents,
} from './get-audit-log-events.ts'
export {
  type HttpClient,
  type HttpClientOptions,
  type HttpRequest,
  type HttpResponse,
  httpClient,
} from './http-client.ts'
export { type MemoryStateOptions, memoryState } from './memory-state.ts'
export { type RequestBudget, type RequestBudgetOptions, requestBudget } from './request-budget.ts'
export { type Patience, retry } from './retry.ts'
