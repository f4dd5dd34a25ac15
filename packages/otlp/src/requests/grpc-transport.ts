import { grpcStatusOf } from '../answers/grpc-status.ts'
import { httpStatusOf } from '../answers/grpc-status-fault.ts'
import { judgeGrpcAnswer } from '../answers/judge-grpc-answer.ts'
import { framed } from '../encoding/grpc-message.ts'
import type { OtlpSignal } from '../settings/read-otlp-settings.ts'
import type { Transport } from './transport.ts'

/** https://opentelemetry.io/docs/specs/otlp/#otlpgrpc, on https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md */
export const grpcTransport: Transport = {
  request({ url, otlpSignal, compression, timeoutMs }, body) {
    const isCompressed = compression !== 'none'
    return {
      url: new URL(`/opentelemetry.proto.collector.${services[otlpSignal]}/Export`, url),
      headers: {
        'content-type': 'application/grpc',
        te: 'trailers',
        'grpc-timeout': timeout(timeoutMs),
        'grpc-accept-encoding': 'gzip,zstd',
        'accept-encoding': 'identity',
        ...(isCompressed && { 'grpc-encoding': compression }),
      },
      body: framed(body, isCompressed),
      http2: true,
    }
  },
  statusOf(answer) {
    const status = grpcStatusOf(answer)
    return status ? httpStatusOf(status) : answer.status
  },
  judge: judgeGrpcAnswer,
}

const services: Readonly<Record<OtlpSignal, string>> = {
  logs: 'logs.v1.LogsService',
  metrics: 'metrics.v1.MetricsService',
  traces: 'trace.v1.TraceService',
}

/** Eight digits at most: milliseconds, or seconds above a day. */
function timeout(ms: number): string {
  return ms < 100_000_000 ? `${Math.ceil(ms)}m` : `${Math.ceil(ms / 1_000)}S`
}
