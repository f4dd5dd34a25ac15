export { raceAbort } from './abort/race-abort.ts'
export { asanaTokenProblem } from './asana/asana-token.ts'
export { type AuditLogFilters, askedOf, filterMatcher } from './asana/audit-log-filters.ts'
export {
  type AuditLogAccess,
  type AuditLogQuery,
  type AuditLogRequest,
  asanaBaseUrl,
} from './asana/audit-log-request.ts'
export { type AuditLogPage, getAuditLogEvents } from './asana/get-audit-log-events.ts'
export { type RequestBudget, type RequestBudgetOptions, requestBudget } from './asana/request-budget.ts'
export { retentionMs } from './asana/retention.ts'
export { asanaNow } from './backlog/asana-now.ts'
export {
  type BacklogLeft,
  backlogLeft,
  backlogUntil,
  type LaneCursors,
  liveUpTo,
  type RewoundBacklog,
  rewoundBacklog,
} from './backlog/backlog.ts'
export { futureStart } from './backlog/future-position.ts'
export { type Clock, systemClock } from './clock.ts'
export type {
  Acceptance,
  Batch,
  Claim,
  Commit,
  Cursor,
  Identified,
  Identity,
  Lane,
  LaneSummary,
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
export { type Delivered, type DeliverOptions, deliver } from './deliver/deliver.ts'
export { type DeliverLanesOptions, deliverLanes, type LaneName } from './deliver/deliver-lanes.ts'
export { shareSink } from './deliver/share-sink.ts'
export type {
  Committed,
  Covered,
  Fact,
  FirstSight,
  Healed,
  Idle,
  Late,
  OnFact,
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
export { isSecretShaped, type NamedPath, namedFile } from './files/named-file.ts'
export { codeOf, pathStep } from './files/path-step.ts'
export {
  type CertificatePaths,
  type Certificates,
  readCertificates,
} from './files/read-certificates.ts'
export { secretFile, secretFileProblem } from './files/secret-file.ts'
export { type Secret, type WatchedSecret, watchedSecret } from './files/watched-secret.ts'
export type { Bytes } from './http/bytes.ts'
export { gzip } from './http/gzip.ts'
export { type HttpClient, type HttpRequest, type HttpResponse, httpClient } from './http/http-client.ts'
export type { HttpClientOptions } from './http/http-client-options.ts'
export { inClear } from './http/in-clear.ts'
export { type NoProxy, noProxy } from './http/no-proxy.ts'
export { noProxyAddress, proxyAddress } from './http/proxy-address.ts'
export { retryAfterMs, waitableMs } from './http/retry-after.ts'
export { sanitizeServerText } from './http/sanitize-server-text.ts'
export { statusFault } from './http/status-fault.ts'
export { type OptionNames, refuseUnknownOptions } from './options/refuse-unknown-options.ts'
export { type Environment, type SettingProblem, settingOf } from './options/setting-problem.ts'
export { type RetryPolicy, retry } from './retry.ts'
export { type BufferPool, bufferPool } from './sink-kit/buffer-pool.ts'
export { ByteWriter } from './sink-kit/byte-writer.ts'
export { inTurn } from './sink-kit/in-turn.ts'
export { locateFault } from './sink-kit/locate-fault.ts'
export {
  type EncodedRequest,
  type RequestFormat,
  type RequestLimits,
  splitIntoRequests,
} from './sink-kit/split-into-requests.ts'
export { type AsanaBackfillOptions, asanaBackfill } from './source/asana-backfill.ts'
export { asanaBackfillCursor, asanaCursorAt } from './source/asana-cursor.ts'
export { asanaSource } from './source/asana-source.ts'
export type { LimitingFactor } from './source/limiting-factor.ts'
export { type AsanaSource, type AsanaSourceOptions, sourceDefaults } from './source/source-options.ts'
export { type HourSpan, openEnd, withSpan } from './state/hour-spans.ts'
export { hourMs, hourOf, type LedgerHour, type LedgerKind, ledgerSheet } from './state/ledger.ts'
export { type MemoryStateOptions, memoryState } from './state/memory-state.ts'
export { type ReconciledHour, reconcile } from './state/reconcile.ts'
export { deliverWrite } from './write/deliver-write.ts'
export { type DestinationHealth, newDestinationHealth } from './write/destination-health.ts'
export { type Division, divideWrite, type Write } from './write/divide-write.ts'
export type {
  DeliverWriteOptions,
  Identifiable,
  Streak,
  Unaccepted,
  UncertainPolicy,
  WriteOutcome,
} from './write/write-outcome.ts'
