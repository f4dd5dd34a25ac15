import { randomUUID } from 'node:crypto'
import { type Fault, fault, isFault } from '@asana-audit/core'
import { currentSecret, refuseUnknownOptions } from '@asana-audit/core/sink-kit'
import { readAcks, readAnswer } from './answers/hec-answer.ts'
import { judgeAnswer } from './answers/judge-answer.ts'
import { type HecConnection, type HecConnectionOptions, hecConnection, tokensOf } from './hec-connection.ts'
import { hecSinkNames } from './hec-sink.ts'
import { siblingEndpoint } from './settings/endpoint.ts'
import { type OnHecWarning, openingWarnings, tokenInUse } from './settings/hec-warning.ts'

export interface HecHealthOptions extends HecConnectionOptions {
  /**
   * Also checks that the token has indexer acknowledgement on, as `ack` of `hecSink` needs.
   * @default false
   */
  readonly ack?: boolean | object | undefined
  /** As for `hecSink`; used in messages if the collector refuses it. */
  readonly index?: string | undefined
  /** As for `hecSink`: `insecure_tls`, `plain_http`, `second_token` and `old_credentials`. */
  readonly onWarning?: OnHecWarning | undefined
}

/**
 * Checks that the collector would accept events, without sending one. Resolves if so, otherwise rejects with the
 * fault of a write. Throws a TypeError for invalid options.
 *
 * First it asks for the collector's health, which does not involve the token. Then it posts an empty body: the
 * collector checks the token before it notices the missing data, so "no data" is the good answer. That order is from
 * Splunk's documentation and was not verified on a live Splunk; the index and the channel are not tested. With `ack`
 * it finally asks for an acknowledgement that does not exist: a token without acknowledgement is refused there
 * (`ack_disabled`).
 */
export async function hecHealth(options: HecHealthOptions, signal?: AbortSignal): Promise<void> {
  // The options of the sink, so that one object works for both.
  refuseUnknownOptions('hecHealth', hecSinkNames, options)
  const token = tokensOf(options, (inUse) => options.onWarning?.(tokenInUse(inUse, options.url)))
  const connection = hecConnection({ ...options, token, secondToken: undefined }, options.onWarning)
  for (const warning of openingWarnings(connection.url, options.insecure)) options.onWarning?.(warning)
  try {
    await checkHealth(connection, signal)
    await checkToken(connection, options, signal)
    // Says which of two tokens is in use.
    await currentSecret(token)
    if (options.ack) await checkAck(connection, signal)
  } finally {
    await connection.close()
  }
}

async function checkHealth(connection: HecConnection, signal?: AbortSignal): Promise<void> {
  const url = siblingEndpoint(connection.url, 'health')
  const response = await connection.get(url, signal)
  const healthy = response.status === 200 && readAnswer(response.body)?.code === 17
  // Gateways often pass only the path for events; then the request with the token decides.
  if (healthy || response.status === 404) return
  const about = { token: '', events: 0, bytes: 0, acceptedBefore: false, now: Date.now() }
  throw judgeAnswer(response, { ...about, url }).fault ?? unexpected(url)
}

async function checkToken(
  connection: HecConnection,
  { index }: HecHealthOptions,
  signal?: AbortSignal,
): Promise<void> {
  const { response, token } = await connection.post({
    channel: randomUUID(),
    body: new Uint8Array(),
    gzip: false,
    signal,
  })
  const about = { events: 0, bytes: 0, acceptedBefore: false, index, now: Date.now() }
  const { fault: found } = judgeAnswer(response, { ...about, url: connection.url, token })
  if (isFault(found) && found.code !== 'no_data') throw found
}

async function checkAck(connection: HecConnection, signal?: AbortSignal): Promise<void> {
  const url = siblingEndpoint(connection.url, 'ack')
  // A new channel, so that no acknowledgement of another client is consumed.
  const { response, token } = await connection.post({
    url,
    channel: randomUUID(),
    body: Buffer.from('{"acks":[0]}'),
    gzip: false,
    signal,
  })
  if (response.status === 200 && readAcks(response.body)) return
  const about = { url, token, events: 0, bytes: 0, acceptedBefore: false, now: Date.now() }
  throw judgeAnswer(response, about).fault ?? unexpected(url)
}

function unexpected({ origin, pathname }: URL): Fault {
  const message = `${origin} answered a request to ${pathname} as if it were an event. Check the address.`
  return fault({ fault: 'temporary', code: 'not_a_receiver', message })
}
