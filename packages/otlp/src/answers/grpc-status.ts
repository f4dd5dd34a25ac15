import type { HttpResponse } from '@asana-audit/core'
import { protobufFields, protobufString } from './protobuf-fields.ts'

/** How a call of gRPC ended. */
export interface GrpcStatus {
  readonly code: number
  /** The words of the server, perhaps empty. */
  readonly message: string
  /** The wait that a `RetryInfo` asks for, in milliseconds. */
  readonly retryAfterMs?: number
}

/**
 * The status in the trailers, or in the headers if there are only those (`Trailers-Only`). Undefined without a valid one: the answer broke off,
 * or something that does not know gRPC sent it.
 */
export function grpcStatusOf({ headers, trailers }: HttpResponse): GrpcStatus | undefined {
  const fields = trailers?.['grpc-status'] === undefined ? headers : trailers
  const written = fields['grpc-status']
  if (written === undefined || !/^\d{1,3}$/.test(written)) return undefined
  const details = fields['grpc-status-details-bin']
  const retryAfterMs = details === undefined ? undefined : retryDelayIn(Buffer.from(details, 'base64'))
  return {
    code: Number(written),
    message: percentDecoded(fields['grpc-message'] ?? ''),
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  }
}

/** Text that is not well encoded is shown as it came. */
function percentDecoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** From a `google.rpc.Status`: its details (3) are `Any` messages, of which a `RetryInfo` has the delay as its field 1. */
function retryDelayIn(status: Buffer): number | undefined {
  try {
    for (const detail of messages(status, 3)) {
      const [type] = messages(detail, 1)
      if (!type || !protobufString(type).endsWith('/google.rpc.RetryInfo')) continue
      const [info] = messages(detail, 2)
      // A delay of zero is an empty message, or none.
      const [delay] = info ? messages(info, 1) : []
      return delay ? milliseconds(delay) : 0
    }
  } catch {
    // Not a status: the server's own bytes.
  }
  return undefined
}

function* messages(of: Buffer, number: number): Generator<Buffer> {
  for (const field of protobufFields(of))
    if (field.number === number && field.wireType === 2) yield field.value
}

/** A `google.protobuf.Duration`: seconds (1) and nanoseconds (2). */
function milliseconds(duration: Buffer): number {
  let ms = 0
  for (const field of protobufFields(duration)) {
    if (field.wireType !== 0) continue
    const value = Number(BigInt.asIntN(64, field.value))
    if (field.number === 1) ms += value * 1_000
    if (field.number === 2) ms += Math.ceil(value / 1_000_000)
  }
  return Math.min(Math.max(ms, 0), Number.MAX_SAFE_INTEGER)
}
