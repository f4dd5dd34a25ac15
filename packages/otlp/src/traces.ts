// For programs that send spans without an SDK. It may change at any time.

export { type TracesSender, tracesSender } from './telemetry/telemetry-sender.ts'
export type { OtlpSpan, SpanAttribute, TracesRequest } from './telemetry/traces-request.ts'
