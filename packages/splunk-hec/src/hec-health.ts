import { randomUUID } from 'node:crypto'
import { type Fault, fault, isFault } from '@asana-audit/core'
import { siblingEndpoint } from './endpoint.ts'
import { readAnswer } from './hec-answer.ts'
import { type HecConnection, type HecConnectionOptions, hecConnection } from './hec-connection.ts'
import { judgeAnswer } from './judge-answer.ts'

/**
 * Whether the collector would take events, without sending one. Resolves if so, rejects with the fault of a write otherwise, and
 * throws a TypeError for options that cannot work.
 *
 * First asks for its health, which says nothing about the token. Then posts an empty body: the collector looks at the token
 * before it misses the data, so "no data" is the good answer. That order is from Splunk's documentation and not verified on a
 * live Splunk; the index and the channel are not tried at all.
 */
export async function hecHealth(options: HecConnectionOptions, signal?: AbortSignal): Promise<void> {
  const connection = hecConnection(options)
  try {
    await checkHealth(connection, signal)
    await checkToken(connection, signal)
  } finally {
    await connection.close()
  }
}

async function checkHealth(connection: HecConnection, signal?: AbortSignal): Promise<void> {
  const url = siblingEndpoint(connection.url, 'health')
  const response = await connection.get(url, signal)
  const healthy = response.status === 200 && readAnswer(response.body)?.code === 17
  // Gateways often let nothing through but the path for events; the token then has the last word.
  if (healthy || response.status === 404) return
  const about = { token: '', events: 0, bytes: 0, acceptedBefore: false, now: Date.now() }
  throw judgeAnswer(response, { ...about, url }).fault ?? unexpected(url)
}

async function checkToken(connection: HecConnection, signal?: AbortSignal): Promise<void> {
  const { response, token } = await connection.post({
    channel: randomUUID(),
    body: new Uint8Array(),
    gzip: false,
    signal,
  })
  const about = { events: 0, bytes: 0, acceptedBefore: false, now: Date.now() }
  const { fault: found } = judgeAnswer(response, { ...about, url: connection.url, token })
  if (isFault(found) && found.code !== 'no_data') throw found
}

function unexpected({ origin }: URL): Fault {
  const message = `${origin} answered the question for its health with that of an accepted event. Check the address.`
  return fault({ fault: 'temporary', code: 'not_a_receiver', message })
}
