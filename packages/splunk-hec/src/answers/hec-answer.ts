/** The body of an answer of the collector. */
export interface HecAnswer {
  readonly code: number
  readonly text: string
  /** Counted from 0. */
  readonly invalidEventNumber: number | undefined
  /** Given for a token with indexer acknowledgement. */
  readonly ackId: number | undefined
}

/**
 * Reads an answer of the collector; undefined for anything else, such as a proxy's web page. Both `text` and `code`
 * are required: other services answer with their own `code`, gRPC gateways even with the same numbers.
 */
export function readAnswer(body: Buffer): HecAnswer | undefined {
  const { text, code, ackId, 'invalid-event-number': number } = membersOf(body)
  if (typeof text !== 'string' || typeof code !== 'number') return undefined
  const count = (value: unknown): number | undefined =>
    typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined
  return { code, text, invalidEventNumber: count(number), ackId: count(ackId) }
}

/**
 * The ids for which an answer of `/services/collector/ack` says "true"; undefined for anything else. "False" has no
 * clear meaning: not indexed yet, unknown, on another channel, and already read look the same.
 */
export function readAcks(body: Buffer): readonly number[] | undefined {
  const { acks } = membersOf(body)
  if (typeof acks !== 'object' || acks === null || Array.isArray(acks)) return undefined
  // Number('') is 0 too.
  return Object.entries(acks).flatMap(([id, indexed]) =>
    indexed === true && /^(0|[1-9]\d*)$/.test(id) ? [Number(id)] : [],
  )
}

function membersOf(body: Buffer): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(body.toString('utf8'))
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
  } catch {
    return {}
  }
}
