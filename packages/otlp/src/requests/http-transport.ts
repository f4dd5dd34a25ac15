import { judgeAnswer } from '../answers/judge-answer.ts'
import type { Transport } from './transport.ts'

/** https://opentelemetry.io/docs/specs/otlp/#otlphttp */
export const httpTransport: Transport = {
  request({ url, protocol, compression }, body) {
    const contentType = protocol === 'http/json' ? 'application/json' : 'application/x-protobuf'
    const coding = compression === 'none' ? {} : { 'content-encoding': compression }
    return { url, headers: { 'content-type': contentType, ...coding }, body }
  },
  statusOf: ({ status }) => status,
  judge: judgeAnswer,
}
