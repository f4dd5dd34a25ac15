import { isFault } from '@asana-audit/core'
import { type EncodedRequest, locateFault } from '@asana-audit/core/sink-kit'

/** A request with an answer. */
export interface Answered {
  /** Settles when the result for its events is known. */
  readonly concluded: Promise<void>
  /** Whether the next request may be sent before that. */
  readonly goOn: boolean
}

/** Sends a request. Sends nothing and resolves with undefined once `isPointless`. */
export type Send = (
  request: EncodedRequest,
  signal: AbortSignal,
  isPointless: () => boolean,
) => Promise<Answered | undefined>

/**
 * Sends the requests of one write one after the other, each as soon as the one before is answered, and resolves once
 * all are concluded. Stops at the first fault and rejects with it, with its position in the write: only requests
 * before it count, even if later ones succeeded.
 */
export async function sendInOrder(
  requests: Iterable<EncodedRequest>,
  send: Send,
  signal: AbortSignal,
): Promise<void> {
  const over = new AbortController()
  const attempt = AbortSignal.any([signal, over.signal])
  const underWay: { readonly concluded: Promise<void>; readonly place: Place }[] = []
  let failed = false
  let unsent: { readonly reason: unknown } | undefined
  let before = 0
  try {
    for (const request of requests) {
      const place = { before, records: request.records }
      const answered = await send(request, attempt, () => failed).catch(locatedAt(place))
      if (!answered) break
      const { concluded, goOn } = answered
      underWay.push({ concluded, place })
      concluded.catch(() => {
        failed = true
      })
      if (!goOn) break
      before += request.records
    }
  } catch (reason) {
    unsent = { reason }
  }
  try {
    for (const { concluded, place } of underWay) await concluded.catch(locatedAt(place))
    if (unsent) throw unsent.reason
  } finally {
    over.abort()
  }
}

/** The position of a request in its write. */
interface Place {
  readonly before: number
  readonly records: number
}

function locatedAt({ before, records }: Place): (error: unknown) => never {
  return (error) => {
    throw isFault(error) ? locateFault(error, before, records) : error
  }
}
