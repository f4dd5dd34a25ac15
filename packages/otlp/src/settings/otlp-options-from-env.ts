import type { HttpClientOptions } from '@asana-audit/core'
import {
  type CertificatePaths,
  type Environment,
  type NamedPath,
  readCertificates,
  type SettingProblem,
  settingOf,
} from '@asana-audit/core/config'
import type { OtlpCompression, OtlpProtocol } from '../otlp-sink.ts'
import { readEndpoint } from './endpoint.ts'
import { headerProblem } from './header-problem.ts'
import { readKeyValueList } from './key-value-list.ts'

/** What `otlpSink` takes, as far as the environment says. The files it names are read. */
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

const general = 'OTEL_EXPORTER_OTLP_'
const logs = 'OTEL_EXPORTER_OTLP_LOGS_'

/** A variable's value read, or the problem with it. */
type Reading<T> = { readonly value: T } | { readonly problem: string }

/**
 * Reads the standard variables, https://opentelemetry.io/docs/specs/otel/protocol/exporter/. `OTEL_EXPORTER_OTLP_LOGS_*`
 * goes before `OTEL_EXPORTER_OTLP_*`; headers of both are merged. What does not read is a problem, never ignored, and
 * all problems come at once, those of the certificates' files among them.
 *
 * @param fileAt gives the path of the file that a variable names; by default what is written, from the current folder.
 */
export async function otlpOptionsFromEnv(
  env: Environment,
  fileAt: (written: string, variable: string) => string = (written) => written,
): Promise<OtlpOptionsFromEnv> {
  const problems: SettingProblem[] = []

  function read<T>(setting: string, parse: (value: string) => Reading<T>): T | undefined {
    const text = settingOf(env, setting)
    if (text === undefined) return undefined
    const reading = parse(text)
    if ('value' in reading) return reading.value
    problems.push({ setting, message: reading.problem })
    return undefined
  }
  /** The logs variable when set, else the general one. */
  const settingFor = (name: string): string => (settingOf(env, logs + name) ? logs : general) + name
  const readFirst = <T>(name: string, parse: (value: string) => Reading<T>): T | undefined =>
    read(settingFor(name), parse)
  const namedPath = (name: string): NamedPath | undefined => {
    const setting = settingFor(name)
    const written = settingOf(env, setting)
    return written === undefined ? undefined : { setting, path: fileAt(written, setting), written }
  }

  const endpoint = settingFor('ENDPOINT')
  const url = read(endpoint, endpoint.startsWith(logs) ? wholeUrl : baseUrl)
  const headers = { ...read(`${general}HEADERS`, headerList), ...read(`${logs}HEADERS`, headerList) }
  const [ca, cert, key] = [namedPath('CERTIFICATE'), namedPath('CLIENT_CERTIFICATE'), namedPath('CLIENT_KEY')]
  if (cert && !key) problems.push(missingHalf(cert.setting, settingFor('CLIENT_KEY')))
  if (key && !cert) problems.push(missingHalf(key.setting, settingFor('CLIENT_CERTIFICATE')))
  const paths: CertificatePaths = { ...(ca && { ca }), ...(cert && { cert }), ...(key && { key }) }
  const options = {
    url: url ?? 'http://localhost:4318/v1/logs',
    headers,
    protocol: readFirst('PROTOCOL', protocol),
    compression: readFirst('COMPRESSION', compression),
    timeoutMs: readFirst('TIMEOUT', milliseconds),
  }
  const { certificates, problems: unreadable = [] } = await readCertificates(paths)
  problems.push(...unreadable)
  return problems.length > 0 ? { problems } : { options: { ...options, ...certificates } }
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

function headerList(text: string): Reading<Record<string, string>> {
  const { pairs, wrong } = readKeyValueList(text)
  const headers: Record<string, string> = {}
  for (const [name, value] of pairs) {
    const problem = headerProblem(name, value)
    if (problem) wrong.push(problem)
    // One case only, so that the logs variable replaces a header of the general one however it is written.
    headers[name.toLowerCase()] = value
  }
  if (wrong.length === 0) return { value: headers }
  return { problem: `In its list, ${wrong.join('; ')}. A good value is x-api-key=KEY,x-tenant=security.` }
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

function missingHalf(setting: string, other: string): SettingProblem {
  return {
    setting,
    message: `A client certificate and its key belong together: set ${other} too, to the path of a PEM file.`,
  }
}
