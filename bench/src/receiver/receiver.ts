import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import { type Answer, hecSuccess, hecVerdict, otlpSuccess, otlpVerdict } from './answers.ts'
import { type Arrivals, arrivals, plainOf, type Request, ranksIn, type Tally } from './arrivals.ts'

export interface ReceiverSettings {
  /** How many events of the log to expect. */
  readonly events: number
  /** The text before the id of an event in a request. */
  readonly marker: string
  readonly latencyMs: number
  /** For how many milliseconds after the first request it answers 503. */
  readonly outageMs: number
  /** Accepts no event whose rank divides by this: OTLP refuses only the event (`partial`) or the whole request (`whole`). 0: accepts all. */
  readonly refuseEvery: number
  readonly refusal: 'partial' | 'whole'
  /** Keeps the accepted requests, so that they can be read. */
  readonly keep: boolean
}

export interface ReceiverStats extends Tally {
  readonly requests: number
  /** The bodies as they came. */
  readonly bytes: number
  readonly peakInFlight: number
}

export interface KeptRequest {
  readonly type: string
  readonly base64: string
}

export interface Receiver {
  readonly origin: string
  /** Sets the behaviour from now on, and sets all statistics to zero. */
  set(settings: ReceiverSettings): void
  stats(): ReceiverStats
  /** When each event first arrived, in milliseconds since 1970; 0: it did not. */
  times(): readonly number[]
  kept(): KeptRequest[]
  close(): void
}

/** A receiver of OTLP over HTTP and of Splunk HEC that answers at once and reads later. */
export async function startReceiver(): Promise<Receiver> {
  let settings: ReceiverSettings
  let arrived: Arrivals
  let stats = { requests: 0, bytes: 0, peakInFlight: 0 }
  let kept: KeptRequest[] = []
  let downSince: number | undefined
  let inFlight = 0

  async function take(request: IncomingMessage, response: ServerResponse, body: Buffer): Promise<void> {
    const { url = '', headers } = request
    const type = headers['content-type'] ?? ''
    const received: Request = { body, gzip: headers['content-encoding'] === 'gzip', at: Date.now() }
    stats.requests += 1
    stats.bytes += body.length
    if (settings.latencyMs > 0) await wait(settings.latencyMs)
    if (settings.outageMs > 0) {
      downSince ??= performance.now()
      if (performance.now() < downSince + settings.outageMs) return void response.writeHead(503).end()
    }
    if (settings.keep) kept.push({ type, base64: plainOf(received).toString('base64') })
    reply(response, judged(received, type, url.includes('/services/collector')))
  }

  /** Notes what it accepts. */
  function judged(request: Request, type: string, isHec: boolean): Answer {
    const { refuseEvery, marker, refusal } = settings
    if (refuseEvery === 0) {
      arrived.add(request)
      return isHec ? hecSuccess : otlpSuccess(type)
    }
    const ranks = [...ranksIn(plainOf(request), marker)]
    const refused = [...ranks.keys()].filter(
      (place) => (ranks[place] ?? 0) % refuseEvery === refuseEvery >> 1,
    )
    const { taken, answer } = isHec ? hecVerdict(refused) : otlpVerdict(refused, type, refusal)
    arrived.mark(
      ranks.filter((_, place) => taken(place)),
      request.at,
    )
    return answer
  }

  const server = createServer({ keepAliveTimeout: 65_000 }, (request, response) => {
    inFlight += 1
    stats.peakInFlight = Math.max(stats.peakInFlight, inFlight)
    response.once('close', () => {
      inFlight -= 1
    })
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => void take(request, response, Buffer.concat(chunks)))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    set(next) {
      settings = next
      arrived = arrivals(next.events, next.marker)
      stats = { requests: 0, bytes: 0, peakInFlight: 0 }
      kept = []
      downSince = undefined
    },
    stats: () => ({ ...stats, ...arrived.tally() }),
    times: () => arrived.times(),
    kept: () => kept,
    close() {
      server.closeAllConnections()
      server.close()
    },
  }
}

function reply(response: ServerResponse, { status, type, body }: Answer): void {
  response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(body) })
  response.end(body)
}
