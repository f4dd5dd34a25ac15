import { type HttpClient, isFault } from '@asana-audit/core'
import { gzip, type Secret, withSecret } from '@asana-audit/core/sink-kit'
import type { OtlpCompression } from '../settings/read-otlp-settings.ts'
import { secretHeadersOf } from '../settings/secret-headers.ts'
import { judgeAnswer } from './judge-answer.ts'
import { secretsOf } from './server-message.ts'

/** Where requests go, and how. */
export interface OtlpPost {
  readonly url: URL
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  /** Over `headers`: see `secretHeadersOf`. */
  readonly secretHeaders?: Secret
  readonly contentType: string
  readonly compression: OtlpCompression
  readonly timeoutMs: number
  readonly client: HttpClient
}

/** The largest answer that is read, as OTLP recommends. */
const maxAnswerBytes = 4 * 1024 * 1024

/** One attempt. Resolves with what the receiver remarks, or an empty text, once it has accepted all; rejects with a fault otherwise. */
export async function postOtlp(
  { url, headers: given, secretHeaders, contentType, compression, timeoutMs, client }: OtlpPost,
  bytes: Uint8Array,
  signal: AbortSignal | undefined,
): Promise<string> {
  const own = { 'content-type': contentType, ...(compression === 'gzip' && { 'content-encoding': 'gzip' }) }
  const body = compression === 'gzip' ? await gzip(bytes) : bytes
  const changing = secretHeaders === undefined ? () => ({}) : secretHeadersOf
  const { answer, secret } = await withSecret(secretHeaders ?? '', (text) => {
    const headers = { 'user-agent': 'asana-audit-otlp', ...given, ...changing(text), ...own }
    const limits = { deadlineMs: timeoutMs, maxBytes: maxAnswerBytes }
    return client.exchange({ method: 'POST', url, headers, body, signal, ...limits })
  })
  const secrets = secretsOf({ ...given, ...changing(secret) })
  const verdict = judgeAnswer(answer, { url, secrets, now: Date.now() })
  if (isFault(verdict)) throw verdict
  return verdict.remark
}
