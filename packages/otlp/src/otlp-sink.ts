import { promisify } from 'node:util'
import { gzip as gzipCallback } from 'node:zlib'
import {
  type Fault,
  type FaultOptions,
  fault,
  type HttpClientOptions,
  httpClient,
  isFault,
  type Sink,
} from '@asana-audit/core'
import type { AuditLogRecord } from '@asana-audit/schema'
import { type Cut, cut } from './cut.ts'
import { readExportResponse } from './export-response.ts'
import { jsonEncoding } from './json-encoding.ts'
import type { Origin } from './origin.ts'
import { protobufEncoding } from './protobuf-encoding.ts'
import { retryAfterMs } from './retry-after.ts'
import { readable, secretsOf, serverMessage } from './server-message.ts'
import type { OnWarning } from './sink-warning.ts'
import { statusFault } from './status-fault.ts'

export type OtlpProtocol = 'http/protobuf' | 'http/json'
export type OtlpCompression = 'gzip' | 'none'

export interface OtlpSinkOptions extends Origin, HttpClientOptions {
  /** The whole URL requests go to, path included; for a collector `http://host:4318/v1/logs`. */
  readonly url: string
  readonly headers?: Readonly<Record<string, string>> | undefined
  /** Default `http/protobuf`. */
  readonly protocol?: OtlpProtocol | undefined
  /** Default `gzip`. */
  readonly compression?: OtlpCompression | undefined
  /** For each request, from connecting to the last byte of its answer. Default 10,000. */
  readonly timeoutMs?: number | undefined
  /** Records a request at most. Default 1,000. */
  readonly maxRecords?: number | undefined
  /** Bytes a request at most, before compression; a larger record gets a request of its own. Default 4 MiB. */
  readonly maxBytes?: number | undefined
  readonly onWarning?: OnWarning | undefined
}

/** The largest answer that is read, as OTLP recommends. */
const maxAnswerBytes = 4 * 1024 * 1024
const gzip = promisify(gzipCallback)

/**
 * Delivers records to an OTLP/HTTP receiver. One write becomes requests one after the other and stops at the first fault;
 * the fault's `accepted` says how many records the receiver has taken. Throws when the URL is not http or https.
 */
export function otlpSink(options: OtlpSinkOptions): Sink<AuditLogRecord> {
  const { protocol = 'http/protobuf', compression = 'gzip', timeoutMs = 10_000, onWarning } = options
  const { maxRecords = 1000, maxBytes = 4 * 1024 * 1024 } = options
  const url = httpUrl(options.url)
  const encoding = protocol === 'http/json' ? jsonEncoding(options) : protobufEncoding(options)
  const given = lowerCaseNames(options.headers ?? {})
  const secrets = secretsOf(given)
  const headers = {
    'user-agent': 'asana-audit-otlp',
    ...given,
    'content-type': encoding.contentType,
    ...(compression === 'gzip' && { 'content-encoding': 'gzip' }),
  }
  const client = httpClient(options)

  async function send({ bytes }: Cut, signal: AbortSignal): Promise<void> {
    // Level 1: on these records nearly as small as the default level, at half its time.
    const body = compression === 'gzip' ? await gzip(bytes, { level: 1 }) : bytes
    const response = await client.exchange({
      method: 'POST',
      url,
      headers,
      body,
      deadlineMs: timeoutMs,
      maxBytes: maxAnswerBytes,
      signal,
    })
    const { status } = response
    if (status < 200 || status > 299) {
      const { nextStep, ...shape } = statusFault(status)
      const said = serverMessage(response.body, secrets)
      const wait = retryAfterMs(response.headers['retry-after'], Date.now())
      throw fault({
        ...shape,
        ...(shape.fault === 'temporary' && wait !== undefined && { retryAfterMs: wait }),
        message: [`${url.origin} answered ${status}.`, nextStep, said && `It says: ${said}`]
          .filter(Boolean)
          .join(' '),
      })
    }
    const answer = readExportResponse(response)
    if (!answer) throw fault(notAReceiver(url, status))
    const said = readable(answer.message, secrets)
    if (answer.rejectedRecords > 0) throw fault(partialSuccess(url, answer.rejectedRecords, said))
    if (said)
      onWarning?.({
        code: 'receiver_message',
        message: `${url.origin} accepted the records and says: ${said}`,
      })
  }

  return {
    async write(records, signal) {
      let accepted = 0
      let refused: Fault | undefined
      const requests = cut(records, encoding, { maxRecords, maxBytes }, (fault) => {
        refused = fault
      })
      for (const request of requests) {
        try {
          await send(request, signal)
        } catch (error) {
          if (!isFault(error)) throw error
          const located = error.fault === 'rejected' || error.isolateAfter !== undefined
          throw Object.assign(error, { accepted, ...(located && { affected: request.records }) })
        }
        accepted += request.records
      }
      if (refused) throw refused
    },
    close: () => client.close(),
  }
}

function httpUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url?.protocol === 'http:' || url?.protocol === 'https:') return url
  throw new TypeError(
    'The URL of an OTLP sink must begin with http:// or https://, as http://localhost:4318/v1/logs.',
  )
}

/** Names in one case only, so that none is sent twice with two values. */
function lowerCaseNames(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))
}

function notAReceiver(url: URL, status: number): FaultOptions {
  const message = `What answered ${status} at ${url.origin} is not an OTLP receiver, so nothing counts as delivered. Check the URL and whether a proxy or a login page is in between.`
  return { fault: 'temporary', code: 'not_a_receiver', message }
}

function partialSuccess(url: URL, rejected: number, said: string): FaultOptions {
  const message = `${url.origin} refused ${rejected} records of a request without naming them and kept the rest.${said && ` It says: ${said}`}`
  return { fault: 'rejected', code: 'partial_success', at: 'some-taken', message }
}
