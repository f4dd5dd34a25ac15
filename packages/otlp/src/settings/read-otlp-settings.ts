import type { HttpClientOptions } from '@asana-audit/core'
import {
  type Command,
  type FoundSecret,
  readSecret,
  type SettingProblem,
  type WrittenCertificates,
  type WrittenSecret,
  type WrittenSetting,
  writtenCertificates,
} from '@asana-audit/core/config'
import type { Secret, SecretReader } from '@asana-audit/core/sink-kit'
import { nearestName } from '@asana-audit/schema/options'
import { defaultEndpoint, readEndpoint } from './endpoint.ts'
import type { readGrpcTarget } from './grpc-target.ts'
import { headerProblem } from './header-problem.ts'
import { inWords } from './in-words.ts'
import { readKeyValueList } from './key-value-list.ts'
import { secretHeadersProblem } from './secret-headers.ts'

/** What is sent: it decides the end of the path, and the names of the variables. */
export type OtlpSignal = 'logs' | 'metrics' | 'traces'
export const protocols = ['http/protobuf', 'http/json', 'grpc'] as const
export type OtlpProtocol = (typeof protocols)[number]
export const compressions = ['gzip', 'zstd', 'none'] as const
export type OtlpCompression = (typeof compressions)[number]

/**
 * The written settings of an OTLP destination, from any place: `otlpSettingsFromEnv` reads them from the environment.
 */
export interface OtlpSettings extends WrittenCertificates {
  /** The whole URL; over gRPC without a path. */
  readonly endpoint: WrittenSetting
  /** Used if `endpoint` is not written: the base for all signals, to which `/v1/logs` (or `/v1/metrics`, `/v1/traces`) is appended. */
  readonly baseEndpoint: WrittenSetting
  /** `true`: gRPC without TLS, for an endpoint that is written without `http://` and `https://`. */
  readonly insecure: WrittenSetting
  readonly headers: WrittenSetting<string | Readonly<Record<string, string>>>
  /** Headers for all signals; `headers` takes precedence. */
  readonly baseHeaders: WrittenSetting
  /** Headers that are read again when they change, over the others: from a file or a command. */
  readonly secretHeaders: WrittenSecret
  /** For a rotation. */
  readonly secondHeaders: WrittenSecret
  readonly protocol: WrittenSetting
  readonly compression: WrittenSetting
  /** Milliseconds. */
  readonly timeout: WrittenSetting
}

/** The options of `otlpSink` that settings can give. The files they name have been read, and are read again when they change. */
export interface OtlpEnvOptions extends Pick<HttpClientOptions, 'credentials'> {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly secretHeaders: Secret | undefined
  readonly secondHeaders: Secret | undefined
  readonly protocol: OtlpProtocol | undefined
  readonly compression: OtlpCompression | undefined
  readonly timeoutMs: number | undefined
}

export type OtlpOptionsFromEnv =
  | {
      readonly options: OtlpEnvOptions
      /** Where the secret headers and the second ones come from, in words that do not show them. */
      readonly headersFrom: readonly string[]
      readonly problems?: never
    }
  | { readonly options?: never; readonly problems: readonly SettingProblem[] }

/** A valid value, or its problem. */
type Reading<T> = { readonly value: T } | { readonly problem: string }

/**
 * Checks settings and reads the files they name. Returns all problems at once, each with the name under which its
 * setting was written. `readerOf` may give several secrets with the same command one reader.
 */
export async function readOtlpSettings(
  written: OtlpSettings,
  signal: OtlpSignal = 'logs',
  readerOf?: (command: Command) => SecretReader,
): Promise<OtlpOptionsFromEnv> {
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
  const isGrpc = written.protocol.value?.toLowerCase() === 'grpc'
  // Loaded where it is used.
  const target = isGrpc ? (await import('./grpc-target.ts')).readGrpcTarget : undefined
  const options = {
    url: urlOf() ?? defaultEndpoint(signal, isGrpc),
    headers: { ...read(written.baseHeaders, headers), ...read(written.headers, headers) },
    protocol: read(written.protocol, oneOf(protocols)),
    compression: read(written.compression, oneOf(compressions)),
    timeoutMs: read(written.timeout, milliseconds),
  }
  function urlOf(): string | undefined {
    const { endpoint, baseEndpoint, insecure } = written
    if (target)
      return read(endpoint.value ? endpoint : baseEndpoint, grpcTarget(target, read(insecure, flag) ?? false))
    return endpoint.value ? read(endpoint, wholeUrl(signal)) : read(baseEndpoint, baseUrl(signal))
  }
  const found = (one: WrittenSecret): Promise<FoundSecret | undefined> =>
    readSecret(one, secretHeadersProblem, problems, 'headers', readerOf)
  const [secret, second] = [await found(written.secretHeaders), await found(written.secondHeaders)]
  if (second && !secret) problems.push(withoutFirst(written))
  const credentials = await writtenCertificates(written, problems)
  if (problems.length > 0) return { problems }
  const secrets = { secretHeaders: secret?.secret, secondHeaders: second?.secret }
  return {
    options: { ...options, ...secrets, credentials },
    headersFrom: [secret, second].flatMap((one) => (one ? [one.origin] : [])),
  }
}

const wholeUrl =
  (signal: OtlpSignal) =>
  (text: string): Reading<string> => {
    const url = readEndpoint(text)
    if (typeof url !== 'string') return { value: url.href }
    return { problem: `It ${url}. A good value is https://collector.example.com:4318/v1/${signal}.` }
  }

/** The general endpoint is a base for all signals. */
const baseUrl =
  (signal: OtlpSignal) =>
  (text: string): Reading<string> => {
    const url = readEndpoint(text)
    if (typeof url === 'string') {
      return { problem: `It ${url}. A good value is https://collector.example.com:4318.` }
    }
    url.pathname = `${url.pathname.replace(/\/+$/, '')}/v1/${signal}`
    return { value: url.href }
  }

/** Headers as one text, from a variable, or as a map, from a file. */
function headers(written: string | Readonly<Record<string, string>>): Reading<Record<string, string>> {
  const isList = typeof written === 'string'
  const { pairs, wrong } = isList ? readKeyValueList(written) : { pairs: Object.entries(written), wrong: [] }
  const found: Record<string, string> = {}
  for (const [name, value] of pairs) {
    const problem = headerProblem(name, value)
    if (problem) wrong.push(problem)
    // Lower case, so that a header for logs replaces the same header for all signals in any spelling.
    found[name.toLowerCase()] = value
  }
  if (wrong.length === 0) return { value: found }
  const [where, good] = isList
    ? ['list', 'x-api-key=KEY,x-tenant=security']
    : ['map', '{ x-api-key: KEY, x-tenant: security }']
  return { problem: `In its ${where}, ${wrong.join('; ')}. A good value is ${good}.` }
}

const grpcTarget =
  (target: typeof readGrpcTarget, isInsecure: boolean) =>
  (text: string): Reading<string> => {
    const url = target(text, isInsecure)
    if (typeof url !== 'string') return { value: url.origin }
    return { problem: `It ${url}. A good value is https://collector.example.com:4317.` }
  }

const oneOf =
  <const T extends string>(good: readonly [T, ...T[]]) =>
  (text: string): Reading<T> => {
    const value = good.find((one) => one === text.toLowerCase())
    if (value !== undefined) return { value }
    return { problem: `It must be ${inWords(good)}. A good value is ${nearestName(text, good) ?? good[0]}.` }
  }

function flag(text: string): Reading<boolean> {
  const value = text.toLowerCase()
  if (value === 'true' || value === 'false') return { value: value === 'true' }
  return { problem: 'It must be true or false.' }
}

/** Timers end at 2^31 - 1 ms. */
function milliseconds(text: string): Reading<number> {
  const value = Number(text)
  if (/^\d+$/.test(text) && value > 0 && value < 2 ** 31) return { value }
  return { problem: 'It must be a whole number of milliseconds, at least 1. A good value is 10000.' }
}

function withoutFirst({ secretHeaders, secondHeaders }: OtlpSettings): SettingProblem {
  const { setting } =
    [secondHeaders.text, secondHeaders.file, secondHeaders.command].find(({ value }) => value) ??
    secondHeaders.file
  return {
    setting,
    message: `There are no first ones. Set ${secretHeaders.file.setting} too, or leave this out.`,
  }
}
