import { type Clock, type ClosableSink, type Fault, fault } from '@asana-audit/core'
import { codeOf, inTurn, raceAbort, systemClock } from '@asana-audit/core/sink-kit'
import { type EventMetadata, eventElements, type SplunkEvent } from './event-element.ts'

/** The part of Node's `Writable` that is used. */
export interface InputStream {
  write(bytes: Uint8Array, callback: (error?: Error | null) => void): unknown
  on(event: 'error', listener: (error: Error) => void): unknown
  off(event: 'error', listener: (error: Error) => void): unknown
}

export interface EventStreamSinkOptions extends EventMetadata {
  /** A pipe to splunkd. It must not block the process: see `splunkdPipe`. */
  readonly stream: InputStream
  /** A steady one: if it jumped forward, what was written a moment ago would seem old. */
  readonly clock?: Clock | undefined
  /** splunkd has taken nothing of a write for so long that its queues are full, or it goes on. */
  readonly onFlow?: ((flow: 'blocked' | 'flowing') => void) | undefined
}

export interface EventStreamSink extends ClosableSink<SplunkEvent> {
  /**
   * Since when splunkd has taken what it was given without delay, in milliseconds since 1970; Infinity while it does not. A full pipe
   * means that its queues are full, in memory, with events that were written before.
   */
  flowingSince(): number
}

/** A write that takes longer means that splunkd reads slower than its queues empty. */
const stuckAfterMs = 5_000
/** Without a reason, each abort makes an error with a stack. */
const writeHasEnded = 'The write has ended.'
/** For the end tag when the input stops: splunkd may have stopped reading already. */
const goodbyeMs = 500

/**
 * Writes events to splunkd as one XML document. A write resolves once the system has taken its bytes, which proves nothing about an index:
 * `trailingClaim` waits before the position follows. After one failure the stream is never used again.
 */
export function eventStreamSink(options: EventStreamSinkOptions): EventStreamSink {
  const { stream, clock = systemClock, onFlow } = options
  const element = eventElements(options)
  const oneAtATime = inTurn()
  let isOpen = false
  let isClosed = false
  let flowing = clock.now()
  /** When the write under way began. */
  let writing: number | undefined
  // A stream also emits its error as an event, and without a listener that ends the process.
  const ignored = (): void => undefined
  stream.on('error', ignored)

  async function put(text: string, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted()
    writing = clock.now()
    const taken = new Promise<void>((resolve, reject) => {
      stream.write(Buffer.from(text), (error) => (error ? reject(error) : resolve()))
    })
    const watch = new AbortController()
    let isBlocked = false
    clock.sleep(stuckAfterMs, watch.signal).then(
      () => {
        isBlocked = true
        onFlow?.('blocked')
      },
      () => {}, // The write has ended.
    )
    await raceAbort(taken, signal).finally(() => watch.abort(writeHasEnded))
    const now = clock.now()
    if (now - writing > stuckAfterMs) flowing = now
    // After a failure it stays: the stream is stuck for good.
    writing = undefined
    if (isBlocked) onFlow?.('flowing')
  }

  async function write(events: readonly SplunkEvent[], signal: AbortSignal): Promise<void> {
    const text = events.map(element).join('')
    try {
      await put(isOpen ? text : `<stream>\n${text}`, signal)
    } catch (error) {
      signal.throwIfAborted()
      throw gone(error)
    }
    isOpen = true
  }

  async function close(): Promise<void> {
    if (isClosed) return
    isClosed = true
    if (isOpen && writing === undefined) {
      const goodbye = AbortSignal.timeout(goodbyeMs)
      // Nothing depends on it: splunkd takes each event as soon as it is done.
      await put('</stream>\n', goodbye).catch(() => {})
    }
    stream.off('error', ignored)
  }

  return {
    write: (events, signal) => oneAtATime(() => write(events, signal)),
    flowingSince: () =>
      writing !== undefined && clock.now() - writing > stuckAfterMs ? Number.POSITIVE_INFINITY : flowing,
    close,
    [Symbol.asyncDispose]: close,
  }
}

function gone(error: unknown): Fault {
  const message = `splunkd does not read this input any more (${codeOf(error)}). The next start reads again what may be lost.`
  return fault({ fault: 'fatal', final: true, code: 'splunkd_gone', message, cause: codeOf(error) })
}
