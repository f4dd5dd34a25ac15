import type { FaultShape } from '@asana-audit/core'
import { statusFault } from '@asana-audit/core/sink-kit'
import type { GrpcStatus } from './grpc-status.ts'

/** The names of the codes (https://grpc.io/docs/guides/status-codes/), each with the HTTP status of the same meaning for a write. */
const codes: readonly (readonly [name: string, httpStatus: number])[] = [
  ['OK', 200],
  ['CANCELLED', 408],
  ['UNKNOWN', 500],
  ['INVALID_ARGUMENT', 400],
  ['DEADLINE_EXCEEDED', 408],
  ['NOT_FOUND', 404],
  ['ALREADY_EXISTS', 409],
  ['PERMISSION_DENIED', 403],
  ['RESOURCE_EXHAUSTED', 429],
  ['FAILED_PRECONDITION', 412],
  ['ABORTED', 503],
  ['OUT_OF_RANGE', 503],
  ['UNIMPLEMENTED', 404],
  ['INTERNAL', 500],
  ['UNAVAILABLE', 503],
  ['DATA_LOSS', 503],
  ['UNAUTHENTICATED', 401],
]

/** As gRPC writes it, with its number: `UNAVAILABLE (14)`. */
export function codeName(code: number): string {
  return `${codes[code]?.[0] ?? 'an unknown status'} (${code})`
}

/**
 * The HTTP status of the same meaning. What may be tried again follows https://opentelemetry.io/docs/specs/otlp/#failures; what that table gives up
 * (UNKNOWN, INTERNAL, RESOURCE_EXHAUSTED without a RetryInfo) is tried again too, as with HTTP: an event of an audit log is not dropped for it.
 */
export function httpStatusOf({ code, message, retryAfterMs }: GrpcStatus): number {
  // Servers in Rust (tonic) say OUT_OF_RANGE for it.
  if ((code === 8 || code === 11) && retryAfterMs === undefined && tooLarge.test(message)) return 413
  if (code === 12 && unknownCompression.test(message)) return 415
  return codes[code]?.[1] ?? 500
}

/** In the words of the libraries in Go, C++, Java, .NET, JavaScript and Rust. */
const tooLarge = /larger than max|too large|exceeds (the )?max\w* .*size|message size/i
const unknownCompression = /compress|encoding/i

/** How many failures in a row raise the suspicion that one record is the cause. */
const isolateAfter = 8

export function grpcStatusFault(status: GrpcStatus): FaultShape {
  const shape = statusFault(httpStatusOf(status))
  if (shape.fault !== 'temporary') return shape
  const { retryAfterMs } = status
  if (retryAfterMs !== undefined) return { ...shape, retryAfterMs }
  // Without a RetryInfo it may also be the size, in words that we do not know.
  return shape.code === 'rate_limited' ? { ...shape, isolateAfter } : shape
}
