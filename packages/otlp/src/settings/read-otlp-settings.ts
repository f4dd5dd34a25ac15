import type { HttpClientOptions } from '@asana-audit/core'
import {
  namedPath,
  readCertificates,
  type SettingProblem,
  type WrittenPath,
  type WrittenSetting,
} from '@asana-audit/core/config'
import type { OtlpCompression, OtlpProtocol } from '../otlp-sink.ts'
import { readEndpoint } from './endpoint.ts'
import { headerProblem } from './header-problem.ts'
import { readKeyValueList } from './key-value-list.ts'

/** What is written of an OTLP destination, wherever: `otlpSettingsFromEnv` gets it from the environment. */
export interface OtlpSettings {
  /** The whole URL. */
  readonly endpoint: WrittenSetting
  /** Where `endpoint` is not written: the base for all signals, to which `/v1/logs` is appended. */
  readonly baseEndpoint: WrittenSetting
  readonly headers: WrittenSetting<string | Readonly<Record<string, string>>>
  /** For all signals; `headers` go before them. */
  readonly baseHeaders: WrittenSetting
  readonly protocol: WrittenSetting
  readonly compression: WrittenSetting
  /** Milliseconds. */
  readonly timeout: WrittenSetting
  readonly caFile: WrittenPath
  readonly certFile: WrittenPath
  readonly keyFile: WrittenPath
}

/** What `otlpSink` takes, as far as settings say. The files they name are read. */
export interface OtlpEnvOptions extends Pick<HttpClientOptions, 'ca' | 'cert' | 'key'> {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly protocol: OtlpProtocol | undefined
  readonly compression: OtlpCompression | undefined
  readonly timeoutMs: number | undefined
}

export type OtlpOptionsFromEnv =
  | { readonly options: OtlpEnvOptions; readonly problems?: never }
  | { readonly options?: never; readonly problems: readonly SettingProblem[] }

/** A value read, or the problem with it. */
type Reading<T> = { readonly value: T } | { readonly problem: string }

/** Checks settings and reads the files they name. All problems come at once, each under the name its setting was written by. */
export async function readOtlpSettings(written: OtlpSettings): Promise<OtlpOptionsFromEnv> {
  const problems: SettingProblem[] = []
  const read = <V, T>(
    { setting, value }: WrittenSetting<V>,
    parse: (value: V) => Reading<T>,
  ): T | undefined => {
    if (value === undefined || value === '') return undefined
    const reading = parse(value)
    if ('value' in reading) return reading.value
    problems.push({ setting, message: reading.problem })
    return undefined
  }
  const { endpoint, baseEndpoint } = written
  const url = endpoint.value ? read(endpoint, wholeUrl) : read(baseEndpoint, baseUrl)
  const options = {
    url: url ?? 'http://localhost:4318/v1/logs',
    headers: { ...read(written.baseHeaders, headers), ...read(written.headers, headers) },
    protocol: read(written.protocol, protocol),
    compression: read(written.compression, compression),
    timeoutMs: read(written.timeout, milliseconds),
  }
  problems.push(
    ...missingHalf(written.certFile, written.keyFile),
    ...missingHalf(written.keyFile, written.certFile),
  )
  const [ca, cert, key] = [namedPath(written.caFile), namedPath(written.certFile), namedPath(written.keyFile)]
  const files = await readCertificates({ ...(ca && { ca }), ...(cert && { cert }), ...(key && { key }) })
  problems.push(...(files.problems ?? []))
  return problems.length > 0 ? { problems } : { options: { ...options, ...files.certificates } }
}

function wholeUrl(text: string): Reading<string> {
  const url = readEndpoint(text)
  if (typeof url !== 'string') return { value: url.href }
  return { problem: `It ${url}. A good value is https://collector.example.com:4318/v1/logs.` }
}

/** The general endpoint is a base for all signals. */
function baseUrl(text: string): Reading<string> {
  const url = readEndpoint(text)
  if (typeof url === 'string') {
    return { problem: `It ${url}. A good value is https://collector.example.com:4318.` }
  }
  url.pathname = `${url.pathname.replace(/\/+$/, '')}/v1/logs`
  return { value: url.href }
}

/** A list in one text, as a variable has it, or a map, as a file has it. */
function headers(written: string | Readonly<Record<string, string>>): Reading<Record<string, string>> {
  const isList = typeof written === 'string'
  const { pairs, wrong } = isList ? readKeyValueList(written) : { pairs: Object.entries(written), wrong: [] }
  const found: Record<string, string> = {}
  for (const [name, value] of pairs) {
    const problem = headerProblem(name, value)
    if (problem) wrong.push(problem)
    // One case only, so that a header of the logs alone replaces one of all signals however it is written.
    found[name.toLowerCase()] = value
  }
  if (wrong.length === 0) return { value: found }
  const [where, good] = isList
    ? ['list', 'x-api-key=KEY,x-tenant=security']
    : ['map', '{ x-api-key: KEY, x-tenant: security }']
  return { problem: `In its ${where}, ${wrong.join('; ')}. A good value is ${good}.` }
}

function protocol(text: string): Reading<OtlpProtocol> {
  const value = text.toLowerCase()
  if (value === 'http/protobuf' || value === 'http/json') return { value }
  if (value === 'grpc') {
    return {
      problem:
        'grpc is not supported. Use http/protobuf, and the port a collector has for it, usually 4318 instead of 4317.',
    }
  }
  return { problem: 'It must be http/protobuf or http/json. A good value is http/protobuf.' }
}

function compression(text: string): Reading<OtlpCompression> {
  const value = text.toLowerCase()
  if (value === 'gzip' || value === 'none') return { value }
  return { problem: 'It must be gzip or none. A good value is gzip.' }
}

/** Timers end at 2^31 - 1 ms. */
function milliseconds(text: string): Reading<number> {
  const value = Number(text)
  if (/^\d+$/.test(text) && value > 0 && value < 2 ** 31) return { value }
  return { problem: 'It must be a whole number of milliseconds, at least 1. A good value is 10000.' }
}

function missingHalf(given: WrittenPath, missing: WrittenPath): SettingProblem[] {
  if (!given.value || missing.value) return []
  const message = `A client certificate and its key belong together: set ${missing.setting} too, to the path of a PEM file.`
  return [{ setting: given.setting, message }]
}
