import type { Fault, HttpRequest, HttpResponse } from '@asana-audit/core'
import type { Asked } from '../answers/judge-answer.ts'
import type { OtlpCompression, OtlpProtocol, OtlpSignal } from '../settings/read-otlp-settings.ts'

/** What a request is made for. */
export interface Target {
  /** Over gRPC only its origin counts. */
  readonly url: URL
  readonly otlpSignal: OtlpSignal
  readonly protocol: OtlpProtocol
  readonly compression: OtlpCompression
  readonly timeoutMs: number
}

/** How requests travel: over HTTP or over gRPC. */
export interface Transport {
  /** `body` is compressed already. */
  request(target: Target, body: Uint8Array): Pick<HttpRequest, 'url' | 'headers' | 'body' | 'http2'>
  /** The HTTP status of an answer, or the one of the same meaning. */
  statusOf(answer: HttpResponse): number
  judge(answer: HttpResponse, asked: Asked): Fault | { readonly remark: string }
}
