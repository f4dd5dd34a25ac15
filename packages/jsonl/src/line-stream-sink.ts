import { type ClosableSink, type Fault, fault } from '@asana-audit/core'
import { codeOf, inTurn, raceAbort } from '@asana-audit/core/sink-kit'
import { joinLines } from './join-lines.ts'
import type { LineEncoder } from './line-encoder.ts'

/** The part of Node's `Writable` that is used. */
export interface OutputStream {
  write(bytes: Uint8Array, callback: (error?: Error | null) => void): unknown
  on(event: 'error', listener: (error: Error) => void): unknown
  off(event: 'error', listener: (error: Error) => void): unknown
}

export interface LineStreamSinkOptions<R> {
  /** A `Writable`, usually `process.stdout`. The sink does not close it. */
  readonly stream: OutputStream
  /** Makes lines from records: `objectLines`, `jsonLines(origin)` of `@asana-audit/otlp`, or your own function. */
  readonly lines: LineEncoder<R>
}

/**
 * Writes records as lines of JSON to a stream, short lines several at once. A write resolves once the stream has handed its bytes to the system;
 * the sink cannot know whether a reader keeps them. After one failure the stream is never used again.
 */
export function lineStreamSink<R>({ stream, lines }: LineStreamSinkOptions<R>): ClosableSink<R> {
  const oneAtATime = inTurn()
  // A stream also emits its error as an event, and without a listener that ends the process.
  const ignored = (): void => undefined
  stream.on('error', ignored)

  async function writeAll(records: readonly R[], signal: AbortSignal): Promise<void> {
    let accepted = 0
    // Without a writer to reuse: a stream may keep the bytes after it has called back.
    for (const piece of joinLines(lines(records))) {
      await writeOne(stream, piece.bytes, signal).catch((error: unknown) => {
        signal.throwIfAborted()
        throw streamFault(error, accepted)
      })
      accepted += piece.records
    }
  }

  const close = (): Promise<void> => oneAtATime(async () => void stream.off('error', ignored))
  return {
    write: (records, signal) => oneAtATime(() => writeAll(records, signal)),
    close,
    [Symbol.asyncDispose]: close,
  }
}

/** Settles when the stream calls back, or at once when aborted: a pipe whose reader has stopped never calls back. */
function writeOne(stream: OutputStream, bytes: Uint8Array, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted()
  const written = new Promise<void>((resolve, reject) => {
    stream.write(bytes, (error) => (error ? reject(error) : resolve()))
  })
  return raceAbort(written, signal)
}

function streamFault(error: unknown, accepted: number): Fault {
  const code = codeOf(error)
  const broken = { fault: 'fatal', final: true, accepted, cause: code } as const
  if (code === 'ENOSPC' || code === 'EDQUOT' || code === 'EFBIG') {
    const message = `There is no room for the output (${code}). Its last line may be torn. Make room and start again.`
    return fault({ ...broken, code: 'output_full', message })
  }
  const message = `The output was closed (${code}). Start again with a reader that keeps reading.`
  return fault({ ...broken, code: 'output_closed', message })
}
