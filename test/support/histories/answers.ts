import type { IncomingHttpHeaders, ServerResponse } from 'node:http'
import type { HistoryPlan } from './plan.ts'
export interface HistoryRequest {
  readonly path: string
  readonly headers: IncomingHttpHeaders
  /** The body before compression. */
  readonly body: Buffer
}

/** What a protocol needs to answer, and where it notes what it did. */
export interface Reception {
  readonly plan: HistoryPlan
  take(ids: readonly string[]): void
  /** The ids are accepted, but the answer is lost. */
  takeUnheard(ids: readonly string[]): void
  /** The answer to ids that were accepted before is lost. */
  unheard(ids: readonly string[]): void
  /** A part of the ids is accepted, and the answer does not say which. */
  doubt(ids: readonly string[]): void
  /** Refused for its content or its age, until a person repairs the destination. */
  isRefused(id: string): boolean
  saw(fault: string): void
  /** The fault of a request, by the seed, its content, and how often that came; at most three times. */
  strike<F extends string | number>(
    question: string,
    about: readonly string[],
    kinds: readonly [F, ...F[]],
  ): F | undefined
}

export type Answers = (request: HistoryRequest, response: ServerResponse) => void

/** Only the beginning of an answer. */
export function breakOff(response: ServerResponse): void {
  response.writeHead(200, { 'content-length': '21' })
  response.write('{"part', () => response.destroy())
}
