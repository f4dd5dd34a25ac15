import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { gunzipSync } from 'node:zlib'
import { pick } from './history-draw.ts'
import type { HistoryPlan } from './history-plan.ts'
import { logsFromJson, logsFromProtobuf } from './otlp-reader.ts'

export interface HistoryReceiver {
  readonly url: string
  /** Ids in the order they were taken, each time they were. */
  readonly arrived: string[]
  /** How often an id was in a request that was taken and whose answer got lost. */
  readonly lost: Map<string, number>
  /** Every id that was in a request of which only a part was taken. */
  readonly doubtful: Set<string>
  readonly faults: Set<string>
  /** From now on everything is taken: somebody has looked at it. */
  mend(): void
  /** Resolves once no connection is left, so that nothing of an earlier life can arrive any more. */
  quiet(): Promise<void>
  close(): Promise<void>
}

type WriteFault = 'busy' | 429 | 500 | 503 | 'html' | 'reset' | 'lost' | 'cut short' | 'part taken'

const writeFaultKinds: readonly [WriteFault, ...WriteFault[]] = [
  'busy',
  429,
  500,
  503,
  'html',
  'reset',
  'lost',
  'cut short',
  'part taken',
]

/** An OTLP receiver whose faults depend on the seed, on what is in a request, and on how often that came. */
export async function historyReceiver(
  { draw, writeFaults, mostRecords }: HistoryPlan,
  isPoison: (id: string) => boolean,
): Promise<HistoryReceiver> {
  const arrived: string[] = []
  const lost = new Map<string, number>()
  const doubtful = new Set<string>()
  const faults = new Set<string>()
  const attempts = new Map<string, number>()
  const sockets = new Set<Socket>()
  let mended = false

  function strike(ids: readonly string[]): WriteFault | undefined {
    const identity = [ids[0], ids.at(-1), ids.length].join()
    const attempt = (attempts.get(identity) ?? 0) + 1
    attempts.set(identity, attempt)
    if (attempt > 3 || draw('write', identity, attempt) >= writeFaults) return undefined
    return pick(draw('write fault', identity, attempt), writeFaultKinds)
  }

  function answer(response: ServerResponse, headers: IncomingHttpHeaders, body: Buffer): void {
    const isJson = headers['content-type'] === 'application/json'
    const plain = headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body
    const ids = (isJson ? logsFromJson : logsFromProtobuf)(plain).map(({ attributes }) =>
      String(attributes.get('log.record.uid')),
    )
    const say = (status: number, text: string | Buffer, more: Record<string, string> = {}): void => {
      if (status >= 400) faults.add(String(status))
      response.writeHead(status, { 'content-type': headers['content-type'], ...more }).end(text)
    }
    const take = (taken: readonly string[]): void => {
      arrived.push(...taken)
    }
    const takeAndLoseTheAnswer = (): void => {
      take(ids)
      for (const id of ids) lost.set(id, (lost.get(id) ?? 0) + 1)
    }
    const answers: Record<WriteFault | 'none', () => void> = {
      none() {
        take(ids)
        say(200, isJson ? '{}' : '')
      },
      busy: () => say(503, '', { 'retry-after': '2' }),
      429: () => say(429, ''),
      500: () => say(500, ''),
      503: () => say(503, ''),
      html: () => say(200, '<html><h1>Sign in</h1></html>', { 'content-type': 'text/html' }),
      reset: () => response.socket?.resetAndDestroy(),
      lost() {
        takeAndLoseTheAnswer()
        response.socket?.resetAndDestroy()
      },
      'cut short'() {
        takeAndLoseTheAnswer()
        response.writeHead(200, { 'content-length': '21' })
        response.write('{"part', () => response.destroy())
      },
      'part taken'() {
        const taken = ids.filter((id) => draw('taken', id) < 0.5)
        const refused = ids.length - taken.length
        if (refused > 0) for (const id of ids) doubtful.add(id)
        take(taken)
        // partial_success { rejected_log_records }, both in their first field.
        const partial = Buffer.from([0x0a, 0x02, 0x08, refused])
        say(200, isJson ? `{"partialSuccess":{"rejectedLogRecords":"${refused}"}}` : partial)
      },
    }

    if (ids.length > mostRecords) say(413, '')
    else if (!mended && ids.some(isPoison)) say(400, '')
    else {
      const fault = strike(ids) ?? 'none'
      faults.add(String(fault))
      answers[fault]()
    }
  }

  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => answer(response, request.headers, Buffer.concat(chunks)))
  })
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.on('error', () => {}) // Clients that die are what this is about.
    socket.on('close', () => sockets.delete(socket))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}/v1/logs`,
    arrived,
    lost,
    doubtful,
    faults,
    mend() {
      mended = true
    },
    async quiet() {
      while (sockets.size > 0) await new Promise((resolve) => setImmediate(resolve))
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
