import { type Clock, type ClosableSink, type Fault, fault, isFault } from '@asana-audit/core'
import {
  anyChange,
  type ByteWriter,
  bufferPool,
  locateFault,
  type OptionNames,
  type RequestFormat,
  refuseUnknownOptions,
  splitIntoRequests,
  systemClock,
  watchedSecret,
} from '@asana-audit/core/sink-kit'
import { toJsonText } from '@asana-audit/schema/lossless'
import { type Body, fittingBodies } from './fitting-bodies.ts'
import { judgeAnswer } from './judge-answer.ts'
import { type PantherConnectionOptions, pantherConnection, secretsOf } from './panther-connection.ts'
import { type OnPantherWarning, openingWarnings, secretInUse } from './panther-warning.ts'

export interface PantherSinkOptions extends PantherConnectionOptions {
  /**
   * Most bytes in a request before compression, and most of one event: a larger event is rejected. Panther allows 1 MB with headers.
   * @default 990_000
   */
  readonly maxBodyBytes?: number | undefined
  /**
   * Most bytes of a request as it is sent, without headers, and most of one event. Older pages of Panther allow 500 kB.
   * @default 490_000
   */
  readonly maxSentBytes?: number | undefined
  /**
   * `gzip` or `none`.
   * @default 'gzip'
   */
  readonly compression?: 'gzip' | 'none' | undefined
  /**
   * Most writes at once, from 1 to 8.
   * @default 4
   */
  readonly inFlight?: number | undefined
  /** Called with `{ code, message }` for what a person should know, although nothing is lost. */
  readonly onWarning?: OnPantherWarning | undefined
  /**
   * `now`, `sleep` and `random`, for tests.
   * @default the system's
   */
  readonly clock?: Clock | undefined
}

export const pantherSinkNames: OptionNames<PantherSinkOptions> = {
  ...{ url: true, secret: true, secondSecret: true, timeoutMs: true, allowPlainHttp: true },
  ...{ auth: true, header: true, username: true, hmacAlgorithm: true, hmacEncoding: true },
  ...{ ca: true, cert: true, key: true, credentials: true, serverName: true, proxy: true, insecure: true },
  http: true,
  ...{ maxBodyBytes: true, maxSentBytes: true, compression: true, inFlight: true },
  ...{ onWarning: true, clock: true },
}

const nothing = new Uint8Array()
/** One event a line. */
const unframed = { room: 0, opening: () => nothing, separator: Buffer.from('\n'), closing: nothing }

/**
 * Delivers events to an HTTP source of Panther, one JSON object a line, each exactly as it is given. One write becomes requests one
 * after the other and stops at the first fault; the fault's `accepted` says how many events Panther has received. Received does not
 * mean classified: see the README. Throws a TypeError for invalid options, and a fatal `unknown_option`.
 */
export function pantherSink(options: PantherSinkOptions): ClosableSink<object> {
  refuseUnknownOptions('pantherSink', pantherSinkNames, options)
  const { maxBodyBytes = 990_000, maxSentBytes = 490_000, compression = 'gzip', inFlight = 4 } = options
  const { onWarning, clock = systemClock } = options
  if (compression !== 'gzip' && compression !== 'none') {
    throw new TypeError('The option compression of pantherSink must be gzip or none.')
  }
  for (const [name, value, most] of [
    ['maxBodyBytes', maxBodyBytes, Number.MAX_SAFE_INTEGER],
    ['maxSentBytes', maxSentBytes, Number.MAX_SAFE_INTEGER],
    ['inFlight', inFlight, 8],
  ] as const) {
    if (Number.isSafeInteger(value) && value >= 1 && value <= most) continue
    throw new TypeError(
      `The option ${name} of pantherSink must be a whole number from 1 on, at most ${most}.`,
    )
  }
  const secrets = secretsOf(options, (inUse) => onWarning?.(secretInUse(inUse, options.url)))
  const { read: secret, changed: secretChanged } = watchedSecret(secrets, clock)
  const connection = pantherConnection({ ...options, secret, secondSecret: undefined }, onWarning)
  const changed = anyChange(secretChanged, connection.changed)
  for (const warning of openingWarnings(connection.url, options.insecure)) onWarning?.(warning)
  const writers = bufferPool()
  const format: RequestFormat<object> = { ...unframed, into: (to) => lineWriter(to, maxBodyBytes) }
  const maxBytes = compression === 'none' ? Math.min(maxBodyBytes, maxSentBytes) : maxBodyBytes

  async function send({ bytes }: Body, signal: AbortSignal): Promise<void> {
    const { response, secrets } = await connection.post(bytes, compression === 'gzip', signal)
    const refused = judgeAnswer(response, { url: connection.url, secrets, now: clock.now() })
    if (refused) throw refused
  }

  return {
    prefers: { inFlight },
    async write(events, signal) {
      const writer = writers.take()
      let before = 0
      for (const lines of splitIntoRequests(events, format, { maxBytes }, writer)) {
        const { bodies, tooLarge } = await fittingBodies(lines, compression, maxSentBytes)
        for (const body of bodies) {
          signal.throwIfAborted()
          await send(body, signal).catch(locatedAt(before, body.records))
          before += body.records
        }
        if (tooLarge) throw locateFault(tooLarge, before, 1)
      }
      writers.giveBack(writer)
    },
    ...(changed && { changed }),
    close: connection.close,
    [Symbol.asyncDispose]: connection.close,
  }
}

/** Throws a `rejected` fault for anything but a JSON object, and for more than `maxBytes`. */
function lineWriter(to: ByteWriter, maxBytes: number): (event: object) => void {
  return (event) => {
    const start = to.length
    const text = toJsonText(event)
    if (!text.startsWith('{')) {
      throw rejected(
        'not_an_object',
        'The event is not a JSON object, so no schema of Panther can describe it.',
      )
    }
    to.text(text)
    const bytes = to.length - start
    if (bytes <= maxBytes) return
    const message = `The event has ${bytes} bytes; the limit is ${maxBytes} (maxBodyBytes). Drop a field of it by the field policy.`
    throw rejected('event_too_large', message)
  }
}

function rejected(code: string, message: string): Fault {
  return fault({ fault: 'rejected', code, message, at: 0 })
}

function locatedAt(before: number, records: number): (error: unknown) => never {
  return (error) => {
    throw isFault(error) ? locateFault(error, before, records) : error
  }
}
