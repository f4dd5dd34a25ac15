import type { IncomingHttpHeaders, ServerResponse } from 'node:http'
import type { HistoryPlan } from './plan.ts'
export interface HistoryRequest {
  readonly path: string
  readonly headers: IncomingHttpHeaders
  /** As it was before compression. */
  readonly body: Buffer
}

/** What a protocol answers by, and where it notes what it did. */
export interface Reception {
  readonly plan: HistoryPlan
  take(ids: readonly string[]): void
  /** Taken, and nobody will be told. */
  takeUnheard(ids: readonly string[]): void
  /** A part of these was taken, and nobody will be told which. */
  doubt(ids: readonly string[]): void
  /** Refused by what it is or how old it is, until somebody looks. */
  isRefused(id: string): boolean
  saw(fault: string): void
  /** What goes wrong with a request, by the seed, what it is about, and how often that came; three times at most. */
  strike<F extends string | number>(
    question: string,
    about: readonly string[],
    kinds: readonly [F, ...F[]],
  ): F | undefined
}

export type Answers = (request: HistoryRequest, response: ServerResponse) => void

/** The beginning of an answer, and then nothing. */
export function breakOff(response: ServerResponse): void {
  response.writeHead(200, { 'content-length': '21' })
  response.write('{"part', () => response.destroy())
}
