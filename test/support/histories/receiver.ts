import { createServer, type Server } from 'node:http'
import { createServer as createHttp2Server, type ServerHttp2Session } from 'node:http2'
import type { AddressInfo, Server as NetServer, Socket } from 'node:net'
import { gunzipSync } from 'node:zlib'
import { answerCalls } from '../../../packages/otlp/test/support/grpc-server.ts'
import type { Answers, Reception } from './answers.ts'
import { pick } from './draw.ts'
import { grpcAnswers } from './grpc.ts'
import { hecAnswers } from './hec.ts'
import { otlpAnswers } from './otlp.ts'
import type { HistoryPlan } from './plan.ts'

export interface HistoryReceiver {
  /** The address without a path. */
  readonly url: string
  /** Ids in the order in which they were accepted, with repeats. */
  readonly arrived: string[]
  /** How often an id was accepted without an answer. */
  readonly lost: Map<string, number>
  /** Every id of a request that was accepted only in an unknown part. */
  readonly doubtful: Set<string>
  readonly faults: Set<string>
  /** From now on it accepts everything, because a person has repaired it. */
  mend(): void
  /** Resolves when no connection is left, so that nothing of an earlier process can arrive any more. */
  quiet(): Promise<void>
  close(): Promise<void>
}

/** A receiver of the protocol in the plan. Its faults depend on the seed, on the content of a request, and on how often that came. */
export async function historyReceiver(
  plan: HistoryPlan,
  isRefused: (id: string) => boolean,
): Promise<HistoryReceiver> {
  const { draw, writeFaults, destination } = plan
  const arrived: string[] = []
  const lost = new Map<string, number>()
  const doubtful = new Set<string>()
  const faults = new Set<string>()
  const attempts = new Map<string, number>()
  const sockets = new Set<Socket>()
  let mended = false

  const reception: Reception = {
    plan,
    take: (ids) => void arrived.push(...ids),
    takeUnheard(ids) {
      reception.take(ids)
      reception.unheard(ids)
    },
    unheard(ids) {
      for (const id of ids) lost.set(id, (lost.get(id) ?? 0) + 1)
    },
    doubt(ids) {
      for (const id of ids) doubtful.add(id)
    },
    isRefused: (id) => !mended && isRefused(id),
    saw: (fault) => void faults.add(fault),
    strike(question, about, kinds) {
      const identity = [question, about[0], about.at(-1), about.length].join()
      const attempt = (attempts.get(identity) ?? 0) + 1
      attempts.set(identity, attempt)
      if (attempt > 3 || draw('write', identity, attempt) >= writeFaults) return undefined
      const kind = pick(draw('write fault', identity, attempt), kinds)
      faults.add(String(kind))
      return kind
    },
  }
  const server = destination === 'grpc' ? grpcServer(reception) : httpServer(answersOf(reception))
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.on('error', () => {}) // Killed clients are part of the histories.
    socket.on('close', () => sockets.delete(socket))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
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
        for (const socket of sockets) socket.destroy()
      }),
  }
}

function answersOf(reception: Reception): Answers {
  return reception.plan.destination.startsWith('http') ? otlpAnswers(reception) : hecAnswers(reception)
}

function httpServer(answers: Answers): Server {
  return createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const { url: path = '', headers } = request
      const sent = Buffer.concat(chunks)
      const body = headers['content-encoding'] === 'gzip' ? gunzipSync(sent) : sent
      answers({ path, headers, body }, response)
    })
  })
}

function grpcServer(reception: Reception): NetServer {
  const server = createHttp2Server()
  server.on('session', (session: ServerHttp2Session) => session.on('error', () => {}))
  answerCalls(server, grpcAnswers(reception))
  return server
}
