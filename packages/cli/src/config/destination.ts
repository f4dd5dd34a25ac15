import {
  type Certificates,
  type OtlpEnvOptions,
  otlpOptionsFromEnv,
  readCertificates,
} from '@asana-audit/otlp'
import * as z from 'zod'
import type { Problem } from './problem.ts'

export type Destination =
  | {
      readonly kind: 'otlp'
      readonly options: OtlpEnvOptions
      readonly certificates: NonNullable<Certificates['certificates']>
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
})

const destinationMap = z.union([
  z.strictObject({ otlp: otlpMap.nullable() }),
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

const good =
  'Give otlp, stdout or file:PATH, for example file:/var/log/asana-audit.jsonl, or in YAML a map: otlp: {endpoint: …} or file: {path: …, rotate_bytes: 100000000}.'

/** Reads `--to` or `to:`. Problems are added to the list; undefined with at least one of them. */
export async function readDestination(
  value: unknown,
  place: (path: string) => string,
  env: NodeJS.ProcessEnv,
  problems: Problem[],
): Promise<Destination | undefined> {
  if (value === 'stdout') return { kind: 'stdout' }
  if (value === 'otlp') return await otlpDestination(env, (setting) => setting, problems)
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
  const variables = otlpEnvironment(parsed.data.otlp ?? {})
  const written = (setting: string): string => {
    const key = Object.entries(otlpVariables).find(([, variable]) => variable === setting)?.[0]
    return key !== undefined && setting in variables ? place(`otlp.${key}`) : setting
  }
  return await otlpDestination({ ...env, ...variables }, written, problems)
}

function otlpEnvironment(map: z.output<typeof otlpMap>): Record<string, string> {
  const { headers, ...plain } = map
  const variables: Record<string, string> = {}
  for (const [key, value] of Object.entries(plain)) {
    if (value !== undefined) variables[otlpVariables[key as keyof typeof plain]] = value
  }
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
): Promise<Destination | undefined> {
  const read = otlpOptionsFromEnv(env)
  const report = (found: readonly Problem[]): void => {
    problems.push(...found.map(({ setting, message }) => ({ setting: written(setting), message })))
  }
  if (read.problems) {
    report(read.problems)
    return undefined
  }
  const { certificates, problems: unreadable } = await readCertificates(read.options.certificates)
  if (unreadable) {
    report(unreadable)
    return undefined
  }
  return { kind: 'otlp', options: read.options, certificates }
}
