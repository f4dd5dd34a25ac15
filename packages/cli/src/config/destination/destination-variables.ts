import { inHome, type Origin } from '../origin.ts'
import { ownValue } from '../yaml/own-value.ts'
import type { DestinationMap } from './destination-map.ts'

/** How the keys of an `otlp:` map are called in the environment, where their meaning and their checks come from. */
export const otlpVariables = {
  endpoint: 'OTEL_EXPORTER_OTLP_LOGS_ENDPOINT',
  protocol: 'OTEL_EXPORTER_OTLP_LOGS_PROTOCOL',
  compression: 'OTEL_EXPORTER_OTLP_LOGS_COMPRESSION',
  timeout: 'OTEL_EXPORTER_OTLP_LOGS_TIMEOUT',
  headers: 'OTEL_EXPORTER_OTLP_LOGS_HEADERS',
  ca_file: 'OTEL_EXPORTER_OTLP_LOGS_CERTIFICATE',
  cert_file: 'OTEL_EXPORTER_OTLP_LOGS_CLIENT_CERTIFICATE',
  key_file: 'OTEL_EXPORTER_OTLP_LOGS_CLIENT_KEY',
} as const

export const hecVariables = {
  url: 'SPLUNK_HEC_URL',
  token_file: 'SPLUNK_HEC_TOKEN_FILE',
  index: 'SPLUNK_HEC_INDEX',
  sourcetype: 'SPLUNK_HEC_SOURCETYPE',
  source: 'SPLUNK_HEC_SOURCE',
  host: 'SPLUNK_HEC_HOST',
  ca_file: 'SPLUNK_HEC_CA_FILE',
  insecure: 'SPLUNK_HEC_INSECURE',
  allow_plain_http: 'SPLUNK_HEC_ALLOW_PLAIN_HTTP',
  ack: 'SPLUNK_HEC_ACK',
} as const

export function environmentOf(
  map: Record<string, string | undefined>,
  names: Record<string, string>,
): Record<string, string> {
  const pairs = Object.entries(map).flatMap(([key, value]) => {
    const name = ownValue(names, key)
    return value === undefined || name === undefined ? [] : [[name, value]]
  })
  return Object.fromEntries(pairs)
}

export function otlpEnvironment(
  map: Omit<Extract<DestinationMap, { kind: 'otlp' }>['map'], 'in_flight' | 'on_uncertain'>,
): Record<string, string> {
  const { headers, ...plain } = map
  const variables = environmentOf(plain, otlpVariables)
  if (headers) {
    const pairs = Object.entries(headers).map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
    variables[otlpVariables.headers] = pairs.join(',')
  }
  return variables
}

/** Of a variable: what it is called where its value was written, and where the file is that was written there. */
export interface Written {
  readonly place: (variable: string) => string
  readonly fileAt: (written: string, variable: string) => string
}

export const inEnvironment: Written = { place: (variable) => variable, fileAt: inHome }

/** `variables` are those of a map; what it does not say is in the environment. */
export function inMap(
  variables: Record<string, string>,
  names: Record<string, string>,
  place: (key: string) => string,
  origin: Origin,
): Written {
  return {
    place: (variable) => {
      const key =
        variable in variables ? Object.keys(names).find((name) => names[name] === variable) : undefined
      return key === undefined ? inEnvironment.place(variable) : place(key)
    },
    fileAt: (written, variable) =>
      variable in variables ? origin.file(written) : inEnvironment.fileAt(written, variable),
  }
}
