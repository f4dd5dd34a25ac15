import { type HttpClient, isFault } from '@asana-audit/core'
import { gzip } from '@asana-audit/core/sink-kit'
import type { OtlpCompression } from '../settings/read-otlp-settings.ts'
import { judgeAnswer } from './judge-answer.ts'
import { secretsOf } from './server-message.ts'

/** Where requests go, and how. */
export interface OtlpPost {
  readonly url: URL
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  readonly contentType: string
  readonly compression: OtlpCompression
  readonly timeoutMs: number
  readonly client: HttpClient
}

/** The largest answer that is read, as OTLP recommends. */
const maxAnswerBytes = 4 * 1024 * 1024

/** One attempt. Resolves with what the receiver remarks, or an empty text, once it has accepted all; rejects with a fault otherwise. */
export async function postOtlp(
  { url, headers: given, contentType, compression, timeoutMs, client }: OtlpPost,
  bytes: Uint8Array,
  signal: AbortSignal | undefined,
): Promise<string> {
  const headers = {
    'user-agent': 'asana-audit-otlp',
    ...given,
    'content-type': contentType,
    ...(compression === 'gzip' && { 'content-encoding': 'gzip' }),
  }
  const body = compression === 'gzip' ? await gzip(bytes) : bytes
  const response = await client.exchange({
    ...{ method: 'POST', url, headers, body, signal },
    deadlineMs: timeoutMs,
    maxBytes: maxAnswerBytes,
  })
  const verdict = judgeAnswer(response, { url, secrets: secretsOf(given), now: Date.now() })
  if (isFault(verdict)) throw verdict
  return verdict.remark
}
