export { type AsanaBackfillOptions, asanaBackfill } from './asana-backfill.ts'
export { asanaBackfillCursor, asanaCursorAt } from './asana-cursor.ts'
export { asanaNow } from './asana-now.ts'
export {
  type AsanaSource,
  type AsanaSourceOptions,
  asanaSource,
} from './asana-source.ts'
export { asanaTokenProblem } from './asana-token.ts'
export { type AuditLogFilters, askedOf, filterMatcher } from './audit-log-filters.ts'
export {
  type BacklogLeft,
  backlogLeft,
  backlogUntil,
  type LaneCursors,
  liveUpTo,
  type RewoundBacklog,
  rewoundBacklog,
} from './backlog.ts'
export { ByteWriter } from './byte-writer.ts'
export { type Clock, systemClock } from './clock.ts'
export type {
  Acceptance,
  Batch,
  Claim,
  Commit,
  Cursor,
  Identity,
  Lane,
  LaneSummary,
  OnFact,
  PipelineSummary,
  QuarantineEntry,
  QuarantineKind,
  Refused,
  Sink,
  SinkPreferences,
  Source,
  State,
  StoredQuarantineEntry,
} from './contract.ts'
export { type Cut, type CutLimits, cutWrite, type RequestFormat } from './cut-write.ts'
export { type Delivered, type DeliverOptions, deliver, type Identified } from './deliver.ts'
export { type DeliverLanesOptions, deliverLanes, type LaneName } from './deliver-lanes.ts'
export { type DestinationHealth, newDestinationHealth } from './destination-health.ts'
export { type Division, divideWrite, type Write } from './divide-write.ts'
export type {
  Committed,
  Covered,
  Fact,
  FirstSight,
  Healed,
  Idle,
  Late,
  PageRead,
  Part,
  Paused,
  PossibleLoss,
  Probed,
  Quarantined,
  RepeatsDropped,
  Resumed,
  Retrying,
  TooOld,
  WriteAccepted,
} from './fact.ts'
export { type Fault, type FaultOptions, type FaultShape, fault, isFault, toFault } from './fault.ts'
export { futureStart } from './future-position.ts'
export {
  type AuditLogAccess,
  type AuditLogPage,
  type AuditLogQuery,
  type AuditLogRequest,
  asanaBaseUrl,
  getAuditLogEvents,
} from './get-audit-log-events.ts'
export { gzip } from './gzip.ts'
export { type HourSpan, openEnd, withSpan } from './hour-spans.ts'
export {
  type Bytes,
  type HttpClient,
  type HttpClientOptions,
  type HttpRequest,
  type HttpResponse,
  httpClient,
} from './http-client.ts'
export { inClear } from './in-clear.ts'
export { hourMs, hourOf, type LedgerHour, type LedgerKind, ledgerSheet } from './ledger.ts'
export type { LimitingFactor } from './limiting-factor.ts'
export { locateFault } from './locate-fault.ts'
export { type MemoryStateOptions, memoryState } from './memory-state.ts'
export { isSecretShaped, type NamedPath, namedFile } from './named-file.ts'
export { type NoProxy, noProxy } from './no-proxy.ts'
export { codeOf, pathStep } from './path-step.ts'
export { noProxyAddress, proxyAddress } from './proxy-address.ts'
export {
  type CertificatePaths,
  type Certificates,
  readCertificates,
} from './read-certificates.ts'
export { readable } from './readable.ts'
export { type ReconciledHour, reconcile } from './reconcile.ts'
export { type OptionNames, refuseUnknownOptions } from './refuse-unknown-options.ts'
export { type RequestBudget, type RequestBudgetOptions, requestBudget } from './request-budget.ts'
export { retentionMs } from './retention.ts'
export { type Patience, retry } from './retry.ts'
export { retryAfterMs, waitableMs } from './retry-after.ts'
export { secretFile, secretFileProblem } from './secret-file.ts'
export { type Environment, type SettingProblem, settingOf } from './setting-problem.ts'
export {
  type Identifiable,
  type Settled,
  type SettleOptions,
  type Streak,
  settle,
  type Unaccepted,
  type UncertainPolicy,
} from './settle.ts'
export { shareSink } from './share-sink.ts'
export { type SpareWriters, spareWriters } from './spare-writers.ts'
export { statusFault } from './status-fault.ts'
export { untilAborted } from './until-aborted.ts'
export { type Secret, type WatchedSecret, watchedSecret } from './watched-secret.ts'
