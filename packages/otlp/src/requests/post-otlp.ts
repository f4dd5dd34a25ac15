import { type HttpClient, isFault } from '@asana-audit/core'
import { type Secret, withSecret } from '@asana-audit/core/sink-kit'
import { secretsOf } from '../answers/server-message.ts'
import { secretHeadersOf } from '../settings/secret-headers.ts'
import { compressed } from './compressed.ts'
import { explainDefault } from './explain-default.ts'
import { httpTransport } from './http-transport.ts'
import type { Target, Transport } from './transport.ts'

/** Where requests go, and how. */
export interface OtlpPost extends Target {
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  /** Over `headers`: see `secretHeadersOf`. */
  readonly secretHeaders?: Secret
  readonly client: HttpClient
}

/** The largest answer that is read, as OTLP recommends. */
const maxAnswerBytes = 4 * 1024 * 1024

/** One attempt, with `records` records. Resolves with what the receiver remarks, or an empty text, once it has accepted all; rejects with a fault otherwise. */
export async function postOtlp(
  { headers: given, secretHeaders, client, ...target }: OtlpPost,
  bytes: Uint8Array,
  signal: AbortSignal | undefined,
  records?: number,
): Promise<string> {
  const { url, compression, timeoutMs } = target
  const transport = await transportOf(target)
  const { headers: own, ...request } = transport.request(target, await compressed(bytes, compression))
  const changing = secretHeaders === undefined ? () => ({}) : secretHeadersOf
  const limits = { deadlineMs: timeoutMs, maxBytes: maxAnswerBytes }
  const { answer, secret } = await withSecret(secretHeaders ?? '', async (text) => {
    const headers = { 'user-agent': 'asana-audit-otlp', ...given, ...changing(text), ...own }
    const response = await client
      .exchange({ method: 'POST', ...request, headers, signal, ...limits })
      .catch((error: unknown) => {
        throw explainDefault(error, target)
      })
    return { status: transport.statusOf(response), response }
  })
  const secrets = secretsOf({ ...given, ...changing(secret) })
  const verdict = transport.judge(answer.response, { url, secrets, records, now: Date.now() })
  if (isFault(verdict)) throw verdict
  return verdict.remark
}

/** What gRPC needs is loaded where it is used. */
async function transportOf({ protocol }: Target): Promise<Transport> {
  if (protocol !== 'grpc') return httpTransport
  const { grpcTransport } = await import('./grpc-transport.ts')
  return grpcTransport
}
