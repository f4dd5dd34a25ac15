import { connect, createServer, type NetConnectOpts, type Socket } from 'node:net'
import { portOf } from './port-of.ts'

/** The line between one worker and PostgreSQL. It can be cut, fall silent, or lose an answer. */
export interface PostgresLine extends AsyncDisposable {
  readonly port: number
  /** Ends all connections. New ones work at once. */
  cut(): void
  /**
   * From the next moment on at which a commit is under way, nothing passes in either direction, and both ends keep their connections.
   * Resolves at that moment. `cut` ends it.
   */
  fallSilent(): Promise<void>
  /** PostgreSQL makes the next commit, and all connections end before its answer passes. Resolves then. */
  loseCommit(): Promise<void>
  /** Resolves at the next moment at which a commit is under way, before the worker hears of it. */
  inCommit(work: () => void): Promise<void>
}

interface Connection {
  readonly worker: Socket
  readonly server: Socket
  /** Whether the open transaction is one that writes positions. */
  writes: boolean
}

/** Types of messages and states of a transaction, as in "Message Formats" of PostgreSQL's manual. */
const [commandComplete, readyForQuery, inTransaction, idle] = ['C', 'Z', 'T', 'I'].map((letter) =>
  letter.charCodeAt(0),
)

/** A watcher of the answers. It returns true if the answer must not pass. */
type Watch = (message: Buffer, connection: Connection) => boolean

/** `isCommit`: whether a text that was sent is part of a transaction that commits positions. */
export async function postgresLine(
  to: NetConnectOpts,
  isCommit: (sent: string) => boolean,
): Promise<PostgresLine> {
  const connections = new Set<Connection>()
  const watches = new Set<Watch>()
  let isSilent = false

  function cut(): void {
    isSilent = false
    for (const { worker, server } of connections) {
      worker.resetAndDestroy()
      server.resetAndDestroy()
    }
    connections.clear()
  }

  function answered(message: Buffer, connection: Connection): void {
    const isStopped = [...watches].some((watch) => watch(message, connection))
    if (message[0] === readyForQuery && message[5] === idle) connection.writes = false
    if (!isStopped && !isSilent && connections.has(connection)) connection.worker.write(message)
  }

  const listener = createServer((worker) => {
    const server = connect(to)
    const connection: Connection = { worker, server, writes: false }
    connections.add(connection)
    const split = messages()
    worker.on('data', (chunk: Buffer) => {
      if (isSilent) return
      if (isCommit(chunk.toString('latin1'))) connection.writes = true
      server.write(chunk)
    })
    server.on('data', (chunk: Buffer) => {
      for (const message of split(chunk)) answered(message, connection)
    })
    for (const [socket, other] of [
      [worker, server],
      [server, worker],
    ] as const) {
      socket.setNoDelay(true)
      socket.on('error', () => {}) // The end that follows is what counts.
      socket.on('close', () => {
        // A line that fell silent hides from each end that the other one is gone.
        if (isSilent) return
        other.destroy()
        connections.delete(connection)
      })
    }
  })
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve))

  /** Resolves at the first answer that `does` says true to. */
  function next(does: Watch, then: () => void): Promise<void> {
    return new Promise((resolve) => {
      const watch: Watch = (message, connection) => {
        if (!does(message, connection)) return false
        watches.delete(watch)
        then()
        resolve()
        return true
      }
      watches.add(watch)
    })
  }
  const isUnderWay: Watch = (message, { writes }) =>
    writes && message[0] === readyForQuery && message[5] === inTransaction
  const isCommitted: Watch = (message, { writes }) =>
    writes && message[0] === commandComplete && message.toString('latin1', 5, 11) === 'COMMIT'

  return {
    port: portOf(listener),
    cut,
    fallSilent: () =>
      next(isUnderWay, () => {
        isSilent = true
      }),
    loseCommit: () => next(isCommitted, cut),
    inCommit: (work) =>
      new Promise((resolve) => {
        const watch: Watch = (message, connection) => {
          if (isUnderWay(message, connection)) {
            watches.delete(watch)
            work()
            resolve()
          }
          return false
        }
        watches.add(watch)
      }),
    async [Symbol.asyncDispose]() {
      cut()
      await new Promise((resolve) => listener.close(resolve))
    },
  }
}

/** Divides what PostgreSQL sends into whole messages: a letter, the length of the rest, the rest. */
function messages(): (chunk: Buffer) => Buffer[] {
  let held: Buffer = Buffer.alloc(0)
  return (chunk) => {
    held = Buffer.concat([held, chunk])
    const whole: Buffer[] = []
    while (held.length >= 5) {
      const length = 1 + held.readUInt32BE(1)
      if (held.length < length) break
      whole.push(held.subarray(0, length))
      held = held.subarray(length)
    }
    return whole
  }
}
