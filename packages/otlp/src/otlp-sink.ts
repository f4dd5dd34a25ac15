import { type ClosableSink, type HttpClientOptions, isFault } from '@asana-audit/core'
import {
  anyChange,
  bufferPool,
  clientOf,
  currentSecret,
  locateFault,
  type OptionNames,
  refuseUnknownOptions,
  type Secret,
  type SharedHttp,
  systemClock,
  watchedSecret,
} from '@asana-audit/core/sink-kit'
import type { AuditLogRecord } from '@asana-audit/schema'
import { jsonEncoding } from './encoding/json-encoding.ts'
import { checkOrigin, type Origin } from './encoding/origin.ts'
import { protobufEncoding } from './encoding/protobuf-encoding.ts'
import { putRecord, splitRecords, type WriteRecord } from './encoding/split-into-requests.ts'
import { postOtlp } from './requests/post-otlp.ts'
import { readEndpoint, readGrpcEndpoint, shown } from './settings/endpoint.ts'
import { headerProblem } from './settings/header-problem.ts'
import { inWords } from './settings/in-words.ts'
import {
  compressions,
  type OtlpCompression,
  type OtlpProtocol,
  protocols,
} from './settings/read-otlp-settings.ts'
import { secretHeadersIn } from './settings/secret-headers.ts'
import { type OnWarning, openingWarnings } from './settings/sink-warning.ts'

export interface OtlpSinkOptions extends Origin, HttpClientOptions, SharedHttp {
  /** The whole URL, with its path; for a collector `http://host:4318/v1/logs`. Over gRPC without a path: `http://host:4317`. */
  readonly url: string
  /** Headers of every request. They are sent to this URL only. */
  readonly headers?: Readonly<Record<string, string>> | undefined
  /**
   * Headers that may change, over `headers`: a text such as `x-api-key=KEY`, or a function that returns it.
   *
   * In the form of `OTEL_EXPORTER_OTLP_HEADERS`, also with a line for each. Called before every request, after a refusal,
   * and every 2 seconds in a pause: others are used at once.
   * @default none
   */
  readonly secretHeaders?: Secret | undefined
  /**
   * Used while the receiver refuses `secretHeaders`, so that a key can be replaced without a pause.
   * @default none
   */
  readonly secondHeaders?: Secret | undefined
  /**
   * `http/protobuf`, `http/json` or `grpc`.
   * @default 'http/protobuf'
   */
  readonly protocol?: OtlpProtocol | undefined
  /**
   * `gzip`, `zstd` or `none`. Not every receiver knows `zstd`.
   * @default 'gzip'
   */
  readonly compression?: OtlpCompression | undefined
  /**
   * Longest time for one request in milliseconds, from connecting to the last byte of the answer.
   * @default 10_000
   */
  readonly timeoutMs?: number | undefined
  /**
   * Most records in a request.
   * @default 1_000
   */
  readonly maxRecords?: number | undefined
  /**
   * Most bytes in a request, before compression. A larger record gets a request of its own.
   * @default 4 MiB
   */
  readonly maxBytes?: number | undefined
  /**
   * Most writes in flight during a backlog. 1 keeps the order of the log, for receivers that refuse older events.
   * @default 8
   */
  readonly maxInFlight?: number | undefined
  /** Called with `{ code, message }` for what a person should know, although nothing is lost. */
  readonly onWarning?: OnWarning | undefined
}

/** For a sink whose items are not records. */
export interface OtlpSinkWriteOptions<T> {
  /**
   * Writes an item without making a record first, which is faster: it puts the attributes and returns the rest of the
   * record.
   *
   * For an event use `writeLogRecord` of `@asana-audit/schema` (then `map: (event) => event`), for a record
   * `putRecord`. Called again for each attempt. If it throws, `deliver` quarantines the item.
   * @default none
   */
  readonly writeRecord: WriteRecord<T>
}

export interface OtlpSink<T = AuditLogRecord> extends ClosableSink<T> {
  /** Sends a request without records: resolves if the receiver would take ours, rejects with the fault of a write otherwise. */
  probe(signal?: AbortSignal): Promise<void>
}

const names: OptionNames<OtlpSinkOptions & OtlpSinkWriteOptions<unknown>> = {
  ...{
    url: true,
    headers: true,
    secretHeaders: true,
    secondHeaders: true,
    protocol: true,
    compression: true,
    timeoutMs: true,
  },
  ...{ maxRecords: true, maxBytes: true, maxInFlight: true, onWarning: true, writeRecord: true },
  ...{ resource: true, scope: true, http: true },
  ...{ ca: true, cert: true, key: true, credentials: true, serverName: true, proxy: true, insecure: true },
}

/** Each write is its own request, so this many keep a distant receiver busy; more hardly helps. */
const usualInFlight = 8

/**
 * Delivers records to an OTLP receiver, over HTTP or gRPC. One write becomes requests one after the other and stops at the first
 * fault; the fault's `accepted` says how many records the receiver has taken. Throws a TypeError for an invalid URL,
 * header or other value, and a fatal `unknown_option`.
 */
export function otlpSink<T>(options: OtlpSinkOptions & OtlpSinkWriteOptions<T>): OtlpSink<T>
export function otlpSink(options: OtlpSinkOptions): OtlpSink
export function otlpSink<T>(options: OtlpSinkOptions & Partial<OtlpSinkWriteOptions<T>>): OtlpSink<T> {
  refuseUnknownOptions('otlpSink', names, options)
  const { protocol = 'http/protobuf', compression = 'gzip', timeoutMs = 10_000, onWarning } = options
  const { maxRecords = 1000, maxBytes = 4 * 1024 * 1024, maxInFlight = usualInFlight } = options
  const { writeRecord = putRecord as WriteRecord<unknown> as WriteRecord<T> } = options
  checkOneOf('protocol', protocol, protocols)
  checkOneOf('compression', compression, compressions)
  const url = checkedUrl(options.url, protocol)
  checkOrigin(options, 'otlpSink')
  const encoding = protocol === 'http/json' ? jsonEncoding(options) : protobufEncoding(options)
  const emptyRequest = Buffer.concat([encoding.opening(0), encoding.closing])
  const given = checkedHeaders(options.headers ?? {})
  const secretHeaders = secretHeadersIn(options, url, onWarning)
  const { read: secret, changed: headersChanged } = watchedSecret(secretHeaders ?? '', systemClock)
  const mayHoldSecret = secretHeaders !== undefined || Object.keys(given).length > 0
  for (const warning of openingWarnings(url, mayHoldSecret)) onWarning?.(warning)
  const client = clientOf(options, onWarning)
  const changed = anyChange(headersChanged, client.changed)
  const writers = bufferPool()

  const post = {
    ...({ url, otlpSignal: 'logs', protocol, headers: given, compression, timeoutMs, client } as const),
    ...(secretHeaders !== undefined && { secretHeaders: secret }),
  }

  async function send(bytes: Uint8Array, records: number, signal?: AbortSignal): Promise<void> {
    const remark = await postOtlp(post, bytes, signal, records)
    if (!remark) return
    const message = `${shown(url)} accepted the records and says: ${remark}`
    onWarning?.({ code: 'receiver_message', message })
  }

  return {
    prefers: { records: maxRecords, inFlight: maxInFlight },
    async write(records, signal) {
      const writer = writers.take()
      let accepted = 0
      for (const request of splitRecords(records, writeRecord, encoding, { maxRecords, maxBytes }, writer)) {
        try {
          await send(request.bytes, request.records, signal)
        } catch (error) {
          throw isFault(error) ? locateFault(error, accepted, request.records) : error
        }
        accepted += request.records
      }
      writers.giveBack(writer)
    },
    ...(changed && { changed }),
    async probe(signal) {
      await send(emptyRequest, 0, signal)
      // Says which of two is in use.
      await currentSecret(secret)
    },
    close: client.close,
    [Symbol.asyncDispose]: client.close,
  }
}

function checkOneOf(name: string, value: string, good: readonly string[]): void {
  if (!good.includes(value)) throw new TypeError(`The option ${name} of otlpSink must be ${inWords(good)}.`)
}

function checkedUrl(text: string, protocol: OtlpProtocol): URL {
  const [read, good] =
    protocol === 'grpc'
      ? ([readGrpcEndpoint, 'http://localhost:4317'] as const)
      : ([readEndpoint, 'http://localhost:4318/v1/logs'] as const)
  const url = read(text)
  if (typeof url !== 'string') return url
  throw new TypeError(`The URL of an OTLP sink ${url}, for example ${good}.`)
}

/** Names in lower case, so that no header is sent twice with two values. */
function checkedHeaders(headers: Readonly<Record<string, string>>): Record<string, string> {
  const checked: Record<string, string> = {}
  for (const [name, value] of Object.entries(headers)) {
    const problem = headerProblem(name, value)
    if (problem) throw new TypeError(`Among the headers of an OTLP sink, ${problem}.`)
    checked[name.toLowerCase()] = value
  }
  return checked
}
