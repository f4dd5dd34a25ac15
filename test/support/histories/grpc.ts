import type { Http2Session } from 'node:http2'
import { frame, type GrpcCall } from '../../../packages/otlp/test/support/grpc-server.ts'
import { logsFromProtobuf } from '../otlp/otlp-reader.ts'
import type { Reception } from './answers.ts'

export const callFaults = [
  'gRPC busy',
  'gRPC exhausted',
  'gRPC internal',
  'gRPC unavailable',
  'gRPC html',
  'gRPC reset',
  'gRPC lost',
  'gRPC cut short',
  'gRPC no status',
  'gRPC stream reset',
  'gRPC goodbye',
  'gRPC part taken',
] as const

/** A google.rpc.Status with a google.rpc.RetryInfo of two seconds. */
const inTwoSeconds = {
  'grpc-status-details-bin': Buffer.from(
    '08081a300a28747970652e676f6f676c65617069732e636f6d2f676f6f676c652e7270632e5265747279496e666f12040a020802',
    'hex',
  ).toString('base64'),
}

/** A receiver of OTLP over gRPC. */
export function grpcAnswers(reception: Reception): (call: GrpcCall) => void {
  const { draw, mostRecords } = reception.plan
  /** Accepted, and the answer may not have left: a connection that is cut takes the answers of other calls with it. */
  const unconfirmed = new Map<Http2Session, Set<readonly string[]>>()

  function take(ids: readonly string[], { stream }: GrpcCall): void {
    reception.take(ids)
    const { session } = stream
    if (!session) return
    const open = unconfirmed.get(session) ?? new Set()
    unconfirmed.set(session, open.add(ids))
    stream.on('close', () => setImmediate(() => open.delete(ids)))
  }

  function cut({ stream: { session } }: GrpcCall): void {
    if (!session) return
    for (const ids of unconfirmed.get(session) ?? []) reception.unheard(ids)
    session.destroy()
  }

  return (call) => {
    const { stream } = call
    if (stream.destroyed) return
    const ids = logsFromProtobuf(call.message).map(({ attributes }) =>
      String(attributes.get('log.record.uid')),
    )
    const begin = (): void => {
      stream.respond({ ':status': 200, 'content-type': 'application/grpc' })
    }
    const answers: Record<(typeof callFaults)[number] | 'none', () => void> = {
      none() {
        take(ids, call)
        call.ok()
      },
      'gRPC busy': () => call.fail(8, 'busy', inTwoSeconds),
      'gRPC exhausted': () => call.fail(8, 'quota'),
      'gRPC internal': () => call.fail(13),
      'gRPC unavailable': () => call.fail(14),
      'gRPC html'() {
        stream.respond({ ':status': 200, 'content-type': 'text/html' })
        stream.end('<html><h1>Sign in</h1></html>')
      },
      'gRPC reset': () => cut(call),
      'gRPC lost'() {
        reception.takeUnheard(ids)
        cut(call)
      },
      'gRPC cut short'() {
        reception.takeUnheard(ids)
        begin()
        stream.write(frame(new Uint8Array()).subarray(0, 3), () => cut(call))
      },
      'gRPC no status'() {
        reception.takeUnheard(ids)
        begin()
        stream.end(frame(new Uint8Array()))
      },
      'gRPC stream reset'() {
        reception.takeUnheard(ids)
        begin()
        stream.write(frame(new Uint8Array()), () => stream.close(2))
      },
      // What is under way is answered, and the next call needs another connection.
      'gRPC goodbye'() {
        take(ids, call)
        stream.session?.close()
        call.ok()
      },
      'gRPC part taken'() {
        const taken = ids.filter((id) => draw('taken', id) < 0.5)
        const refused = ids.length - taken.length
        if (refused > 0) reception.doubt(ids)
        take(taken, call)
        call.ok(Buffer.from([0x0a, 0x02, 0x08, refused]))
      },
    }
    if (ids.length > mostRecords) {
      reception.saw('gRPC too large')
      call.fail(8, 'grpc: received message larger than max (5 vs. 4)')
    } else if (ids.some(reception.isRefused)) {
      reception.saw('gRPC refused')
      call.fail(3)
    } else answers[reception.strike('write', ids, callFaults) ?? 'none']()
  }
}
