// Read Asana's audit log.
export { asanaSource } from './source/asana-source.ts'
export type { AsanaSource, AsanaSourceOptions } from './source/source-options.ts'
export { type AsanaBackfillOptions, asanaBackfill } from './source/asana-backfill.ts'
export { type AuditLogPage, getAuditLogEvents } from './asana/get-audit-log-events.ts'
export type { AuditLogFilters } from './asana/audit-log-filters.ts'
export type { AuditLogAccess, AuditLogQuery, AuditLogRequest } from './asana/audit-log-request.ts'

// Deliver it without losing an event.
export { type DeliverOptions, deliver } from './deliver/deliver.ts'
export type { Delivered, DeliveryOptions } from './deliver/delivery-options.ts'
export { type DeliverLanesOptions, deliverLanes } from './deliver/deliver-lanes.ts'
export type { LaneName } from './deliver/lane-source.ts'
export { type MemoryStateOptions, memoryState } from './state/memory/memory-state.ts'
export type { UncertainPolicy } from './write/write-outcome.ts'

// What goes wrong is data, and what happens is reported to `onFact`.
export { type Fault, type FaultOptions, type FaultShape, fault, isFault, toFault } from './fault.ts'
export type { Temporary, Rejected, Fatal } from './fault.ts'
export type { Fact, OnFact } from './fact.ts'
export { type QuarantinedTogether, quarantinedTogether } from './quarantined-together.ts'
export { type ToldFact, toldOnce } from './told-once.ts'

// Shared by several sources or sinks.
export { type RequestBudget, type RequestBudgetOptions, requestBudget } from './asana/request-budget.ts'
export { type SharedPages, type SharedPagesOptions, sharedPages } from './asana/shared-pages.ts'
export type { SharedReader } from './asana/shared-pages.ts'
export { type HttpClient, type HttpRequest, httpClient } from './http/http-client.ts'
export type { HttpResponse } from './http/answers/http-response.ts'
export type { Credentials, CredentialsReader, HttpClientOptions } from './http/http-client-options.ts'

// What a source, a sink and a state are.
export type {
  Source,
  Batch,
  Arrival,
  Malformed,
  Cursor,
  Identified,
  Sink,
  ClosableSink,
  SinkPreferences,
  State,
  Claim,
  Lane,
  Commit,
  Identity,
  Acceptance,
  LaneSummary,
  PipelineSummary,
} from './contract.ts'
export type {
  QuarantineEntry,
  QuarantineKind,
  QuarantineCount,
  StoredQuarantineEntry,
} from './quarantine-entry.ts'
export type { DurableState, StandbyOptions } from './state/durable-state.ts'
export type { Clock } from './clock.ts'

// Under subpaths, each for one kind of user: `/sqlite-state` and `/file-lock` load `node:sqlite`; `/sink-kit` is for authors of
// sinks, and `/testing` has the contracts they meet; `/config` reads settings; `/backlog` and `/ledger` serve tools around a pipeline.
// Not exported: how pages are read, positions written and writes queued. That may change at any time.
