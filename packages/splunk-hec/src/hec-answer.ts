/** The body of an answer of the collector. */
export interface HecAnswer {
  readonly code: number
  readonly text: string
  /** Counted from 0. */
  readonly invalidEventNumber: number | undefined
  /** Of a token with indexer acknowledgement. */
  readonly ackId: number | undefined
}

/**
 * Reads what the collector says; undefined for anything else, such as a proxy's web page. Both `text` and `code` are asked
 * for: other services answer with a `code` of their own, gRPC gateways with the very same numbers.
 */
export function readAnswer(body: Buffer): HecAnswer | undefined {
  let answer: unknown
  try {
    answer = JSON.parse(body.toString('utf8'))
  } catch {
    return undefined
  }
  if (typeof answer !== 'object' || answer === null) return undefined
  const { text, code, ackId, 'invalid-event-number': number } = answer as Record<string, unknown>
  if (typeof text !== 'string' || typeof code !== 'number') return undefined
  const count = (value: unknown): number | undefined =>
    typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined
  return { code, text, invalidEventNumber: count(number), ackId: count(ackId) }
}
