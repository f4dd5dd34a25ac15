import { deepStrictEqual, rejects } from 'node:assert'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import { sinkContract } from '@asana-audit/core/testing'
import { ingestSink } from '../src/index.ts'

interface Event {
  readonly gid: string
}

/** Your API, as far as the sink uses it. */
async function startIngest() {
  const stored: string[] = []
  const tokens: (string | undefined)[] = []
  let status = 202
  const server = createServer(async (request, response) => {
    const events = JSON.parse(Buffer.concat(await request.toArray()).toString()) as Event[]
    tokens.push(request.headers.authorization)
    if (status === 202) stored.push(...events.map(({ gid }) => gid))
    response.writeHead(status).end()
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  return {
    ...{ url, stored, tokens },
    answer: (next: number) => {
      status = next
    },
    close: () => {
      server.closeAllConnections()
      server.close()
    },
  }
}

// What `deliver` requires of every sink.
sinkContract<Event>(test, async () => {
  const ingest = await startIngest()
  return {
    sink: ingestSink<Event>({ url: ingest.url, token: () => 'secret' }),
    record: (number) => ({ gid: String(number) }),
    idOf: String,
    arrived: () => ingest.stored,
    outage() {
      ingest.answer(503)
      return () => ingest.answer(202)
    },
    close: ingest.close,
  }
})

// What is your own: the meaning of each answer.
const meanings = [
  [401, { fault: 'fatal', code: 'ingest_401' }],
  [422, { fault: 'rejected', code: 'ingest_422', at: 'none-taken' }],
  [429, { fault: 'temporary', code: 'ingest_429' }],
] as const
for (const [status, meaning] of meanings) {
  test(`an answer ${status} is ${meaning.fault}`, async (t) => {
    const ingest = await startIngest()
    t.after(ingest.close)
    ingest.answer(status)
    const sink = ingestSink<Event>({ url: ingest.url, token: () => 'secret' })
    await rejects(sink.write([{ gid: '1' }], AbortSignal.timeout(60_000)), meaning)
  })
}

test('a token that no header can carry is a pause, and the error does not show it', async (t) => {
  const ingest = await startIngest()
  t.after(ingest.close)
  const sink = ingestSink<Event>({ url: ingest.url, token: () => 'S3cret\nS3cret' })
  await rejects(sink.write([{ gid: '1' }], AbortSignal.timeout(60_000)), (error: Error) => {
    deepStrictEqual([error.message.includes('S3cret'), Object(error).code], [false, 'ingest_token'])
    return true
  })
})

test('a token that changes is used in the next request', async (t) => {
  const ingest = await startIngest()
  t.after(ingest.close)
  let token = 'old'
  const sink = ingestSink<Event>({ url: ingest.url, token: () => token })
  await sink.write([{ gid: '1' }], AbortSignal.timeout(60_000))
  token = 'new'
  await sink.write([{ gid: '2' }], AbortSignal.timeout(60_000))
  deepStrictEqual(ingest.tokens, ['Bearer old', 'Bearer new'])
})
