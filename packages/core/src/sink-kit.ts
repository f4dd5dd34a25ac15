// For authors of sinks: the parts that our own sinks use.
export { raceAbort } from './abort/race-abort.ts'
export { neverBack, systemClock } from './clock.ts'
export { shareSink } from './deliver/share-sink.ts'
export { codeOf, pathStep } from './files/path-step.ts'
export { syncDirectory } from './files/sync-directory.ts'
export { answeredBy } from './http/answers/answered-by.ts'
export { redirectTarget } from './http/answers/redirect-target.ts'
export { waitableMs, withRetryAfter } from './http/answers/retry-after.ts'
export { sanitizeServerText } from './http/answers/sanitize-server-text.ts'
export { statusFault } from './http/answers/status-fault.ts'
export type { Bytes } from './http/bytes.ts'
export { gzip } from './http/gzip.ts'
export { inClear } from './http/in-clear.ts'
export { clientOf, type SharedHttp } from './http/shared-http.ts'
export { type OptionNames, refuseUnknownOptions } from './options/refuse-unknown-options.ts'
export { type RetryPolicy, retry } from './retry.ts'
export { anyChange, type Changed } from './secrets/any-change.ts'
export { explainedSecret } from './secrets/explained-secret.ts'
export { type RotatingSecretOptions, rotatingSecret } from './secrets/rotating-secret.ts'
export { currentSecret, type Secret, type SecretReader } from './secrets/secret.ts'
export { tellOldSecret } from './secrets/tell-old-secret.ts'
export { type WatchedSecret, watchedSecret } from './secrets/watched-secret.ts'
export { type Answered, withSecret } from './secrets/with-secret.ts'
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
export { deliverWrite } from './write/deliver-write.ts'
export { type DestinationHealth, newDestinationHealth } from './write/destination-health.ts'
export { type Division, divideWrite, type Write } from './write/divide-write.ts'
export type {
  DeliverWriteOptions,
  Identifiable,
  Streak,
  Unaccepted,
  WriteOutcome,
} from './write/write-outcome.ts'
