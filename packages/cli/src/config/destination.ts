import { type Certificates, readCertificates, type UncertainPolicy } from '@asana-audit/core'
import { type OtlpEnvOptions, otlpOptionsFromEnv } from '@asana-audit/otlp'
import { type HecEnvOptions, hecOptionsFromEnv } from '@asana-audit/splunk-hec'
import * as z from 'zod'
import { hecFormats, uncertainPolicies } from './choice.ts'
import type { Problem } from './problem.ts'
import { tokenFileProblem } from './token.ts'

export type Destination =
  | {
      readonly kind: 'otlp'
      readonly options: OtlpEnvOptions
      /** Writes under way at once. */
      readonly inFlight: number | undefined
      /** What a partial success does. */
      readonly onUncertain: UncertainPolicy | undefined
      readonly certificates: NonNullable<Certificates['certificates']>
    }
  | {
      readonly kind: 'splunk-hec'
      readonly options: HecEnvOptions
      readonly certificates: NonNullable<Certificates['certificates']>
      readonly format: 'asana' | 'otel'
    }
  | { readonly kind: 'file'; readonly path: string; readonly rotateBytes: number | undefined }
  | { readonly kind: 'stdout' }

/** For the default name of a pipeline: what must stay the same for the cursor to mean the same. Never the URL. */
export function destinationName(destination: Destination): string {
  return destination.kind === 'file' ? destination.path : destination.kind
}

const otlpMap = z.strictObject({
  endpoint: z.string().optional(),
  protocol: z.string().optional(),
  compression: z.string().optional(),
  timeout: z.union([z.string(), z.int()]).transform(String).optional(),
  headers: z.record(z.string(), z.string()).optional(),
  ca_file: z.string().optional(),
  cert_file: z.string().optional(),
  key_file: z.string().optional(),
  in_flight: z.int().min(1).max(8).optional(),
  on_uncertain: z.enum(uncertainPolicies).optional(),
})

const hecMap = z.strictObject({
  url: z.string().optional(),
  token_file: z.string().optional(),
  index: z.string().optional(),
  sourcetype: z.string().optional(),
  source: z.string().optional(),
  host: z.string().optional(),
  ca_file: z.string().optional(),
  insecure: z.boolean().transform(String).optional(),
  allow_plain_http: z.boolean().transform(String).optional(),
  ack: z.boolean().transform(String).optional(),
  format: z.enum(hecFormats).optional(),
})

const destinationMap = z.union([
  z.strictObject({ otlp: otlpMap.nullable() }),
  z.strictObject({ splunk_hec: hecMap.nullable() }),
  z.strictObject({
    file: z.strictObject({ path: z.string().min(1), rotate_bytes: z.int().min(1_048_576).optional() }),
  }),
])

/** How the keys of an `otlp:` map are called in the environment, where their meaning and their checks come from. */
const otlpVariables = {
  endpoint: 'OTEL_EXPORTER_OTLP_LOGS_ENDPOINT',
  protocol: 'OTEL_EXPORTER_OTLP_LOGS_PROTOCOL',
  compression: 'OTEL_EXPORTER_OTLP_LOGS_COMPRESSION',
  timeout: 'OTEL_EXPORTER_OTLP_LOGS_TIMEOUT',
  headers: 'OTEL_EXPORTER_OTLP_LOGS_HEADERS',
  ca_file: 'OTEL_EXPORTER_OTLP_LOGS_CERTIFICATE',
  cert_file: 'OTEL_EXPORTER_OTLP_LOGS_CLIENT_CERTIFICATE',
  key_file: 'OTEL_EXPORTER_OTLP_LOGS_CLIENT_KEY',
} as const

const hecVariables = {
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

const good =
  'Give otlp, splunk-hec, stdout or file:PATH, for example file:/var/log/asana-audit.jsonl, or in YAML a map: otlp: {endpoint: …}, splunk_hec: {url: …, token_file: …, format: asana} or file: {path: …, rotate_bytes: 100000000}.'

/** Reads `--to` or `to:`. Problems are added to the list; undefined with at least one of them. */
export async function readDestination(
  value: unknown,
  place: (path: string) => string,
  env: NodeJS.ProcessEnv,
  problems: Problem[],
): Promise<Destination | undefined> {
  if (value === 'stdout') return { kind: 'stdout' }
  if (value === 'otlp')
    return await otlpDestination(env, (setting) => setting, problems, {
      inFlight: undefined,
      onUncertain: undefined,
    })
  if (value === 'splunk-hec') return await hecDestination(env, (setting) => setting, 'asana', problems)
  if (typeof value === 'string' && /^file:./.test(value)) {
    return { kind: 'file', path: value.slice('file:'.length), rotateBytes: undefined }
  }
  const parsed = destinationMap.safeParse(value)
  if (!parsed.success) {
    const shown =
      typeof value === 'string' ? `${JSON.stringify(value)} is not a destination.` : 'It cannot be read.'
    problems.push({ setting: place(''), message: `${shown} ${good}` })
    return undefined
  }
  if ('file' in parsed.data) {
    const { path, rotate_bytes: rotateBytes } = parsed.data.file
    return { kind: 'file', path, rotateBytes }
  }
  if ('splunk_hec' in parsed.data) {
    const { format = 'asana', ...map } = parsed.data.splunk_hec ?? {}
    const variables = environmentOf(map, hecVariables)
    // A file named in the map goes before a token of the environment.
    const without = 'SPLUNK_HEC_TOKEN_FILE' in variables ? { ...env, SPLUNK_HEC_TOKEN: undefined } : env
    const written = writtenAt(variables, hecVariables, (key) => place(`splunk_hec.${key}`))
    return await hecDestination({ ...without, ...variables }, written, format, problems)
  }
  const { in_flight: inFlight, on_uncertain: onUncertain, ...map } = parsed.data.otlp ?? {}
  const variables = otlpEnvironment(map)
  const written = writtenAt(variables, otlpVariables, (key) => place(`otlp.${key}`))
  return await otlpDestination({ ...env, ...variables }, written, problems, { inFlight, onUncertain })
}

/** How a variable is called where its value was written. */
function writtenAt(
  variables: Record<string, string>,
  names: Record<string, string>,
  place: (key: string) => string,
): (setting: string) => string {
  return (setting) => {
    const key = Object.entries(names).find(([, variable]) => variable === setting)?.[0]
    return key !== undefined && setting in variables ? place(key) : setting
  }
}

function environmentOf(
  map: Record<string, string | undefined>,
  names: Record<string, string>,
): Record<string, string> {
  const pairs = Object.entries(map).flatMap(([key, value]) => {
    const name = names[key]
    return value === undefined || name === undefined ? [] : [[name, value]]
  })
  return Object.fromEntries(pairs)
}

function otlpEnvironment(
  map: Omit<z.output<typeof otlpMap>, 'in_flight' | 'on_uncertain'>,
): Record<string, string> {
  const { headers, ...plain } = map
  const variables = environmentOf(plain, otlpVariables)
  if (headers) {
    const pairs = Object.entries(headers).map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
    variables[otlpVariables.headers] = pairs.join(',')
  }
  return variables
}

/** `written` says what a variable is called where its value was written. */
async function otlpDestination(
  env: NodeJS.ProcessEnv,
  written: (setting: string) => string,
  problems: Problem[],
  ours: Pick<Extract<Destination, { kind: 'otlp' }>, 'inFlight' | 'onUncertain'>,
): Promise<Destination | undefined> {
  const read = otlpOptionsFromEnv(env)
  const { options, problems: wrong = [] } = read
  const paths = options ? options.certificates : read.certificates
  const { certificates, problems: unreadable = [] } = await readCertificates(paths)
  problems.push(...named([...wrong, ...unreadable], written))
  return options && certificates && { kind: 'otlp', options, certificates, ...ours }
}

async function hecDestination(
  env: NodeJS.ProcessEnv,
  written: (setting: string) => string,
  format: 'asana' | 'otel',
  problems: Problem[],
): Promise<Destination | undefined> {
  const read = hecOptionsFromEnv(env)
  const { options, problems: wrong = [] } = read
  const { token, certificates: paths } = options ?? read
  problems.push(...named(wrong, written))
  const unreadableToken =
    typeof token === 'object' ? tokenFileProblem(written(token.setting), token.path) : undefined
  if (unreadableToken) problems.push(unreadableToken)
  const { certificates, problems: unreadable = [] } = await readCertificates(paths)
  problems.push(...named(unreadable, written))
  return options && certificates && { kind: 'splunk-hec', options, certificates, format }
}

function named(problems: readonly Problem[], written: (setting: string) => string): Problem[] {
  return problems.map(({ setting, message }) => ({ setting: written(setting), message }))
}
