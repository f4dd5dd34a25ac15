import * as z from 'zod'
import { hecFormats, uncertainPolicies } from '../../flags/choice.ts'
import type { Problem } from '../../terminal/problem.ts'
import type { Origin } from '../origin.ts'
import { MisreadNumber } from '../yaml/misread-number.ts'
import { ownValue } from '../yaml/own-value.ts'
import { unknownSetting } from '../yaml/unknown-setting.ts'

/** An empty one is not set, as in the environment. A variable that is put into the file may be empty. */
const text = z
  .string()
  .trim()
  .transform((value) => value || undefined)
  .optional()
/** An empty one leaves our default out. */
const textOrNothing = z.string().trim().optional()
// Text too: a variable that is put into the file is text.
const flag = z.union([z.boolean().transform(String), text])
const whole = z.union([z.int(), z.string().trim().regex(/^\d+$/).transform(Number)])

/** The maps a destination may be written as in YAML, by their only key. */
export const destinationMaps = {
  otlp: z.strictObject({
    endpoint: text,
    protocol: text,
    compression: text,
    timeout: z.union([text, z.int().transform(String)]),
    headers: z.record(z.string(), z.string()).optional(),
    ca_file: text,
    cert_file: text,
    key_file: text,
    in_flight: whole.pipe(z.int().min(1).max(8)).optional(),
    on_uncertain: z.enum(uncertainPolicies).optional(),
  }),
  splunk_hec: z.strictObject({
    url: text,
    token_file: text,
    index: text,
    sourcetype: textOrNothing,
    source: textOrNothing,
    host: text,
    ca_file: text,
    insecure: flag,
    allow_plain_http: flag,
    ack: flag,
    format: z.enum(hecFormats).optional(),
  }),
  file: z.strictObject({
    path: z.string().min(1),
    rotate_bytes: whole.pipe(z.int().min(1_048_576)).optional(),
    rotate_keep: whole.pipe(z.int().min(1)).optional(),
  }),
}

type Maps = { [Kind in keyof typeof destinationMaps]: z.output<(typeof destinationMaps)[Kind]> }

export type DestinationKind = keyof Maps

/** One of them, as far as it is right. */
export type DestinationMap = {
  [Kind in keyof Maps]: { readonly kind: Kind; readonly map: Maps[Kind] }
}[keyof Maps]

const goodPem = 'Give the path of a PEM file, for example /etc/ssl/ca.pem.'
const goodFlag = 'Give true or false.'
const goodText = 'Give a text, or leave it out.'

const goodValues: Record<string, string> = {
  endpoint: 'Give the whole URL, for example https://collector.example.com:4318/v1/logs.',
  protocol: 'Give http/protobuf or http/json.',
  compression: 'Give gzip or none.',
  timeout: 'Give milliseconds, for example 10000.',
  headers: 'Give a map of texts, for example { x-api-key: "…" }.',
  ca_file: goodPem,
  cert_file: goodPem,
  key_file: goodPem,
  in_flight: 'Give a whole number from 1 to 8, for example 8.',
  on_uncertain: `Give one of ${uncertainPolicies.join(', ')}.`,
  url: 'Give the URL of the collector, for example https://splunk.example.com:8088.',
  token_file: 'Give the path of a file that holds the token, for example /run/secrets/hec-token.',
  insecure: goodFlag,
  allow_plain_http: goodFlag,
  ack: goodFlag,
  format: `Give one of ${hecFormats.join(', ')}.`,
  path: 'Give a path, for example /var/log/asana-audit.jsonl.',
  rotate_bytes: 'Give a whole number of bytes from 1048576, for example 104857600.',
  rotate_keep: 'Give how many full files to keep, from 1, for example 30, or leave it out to keep all.',
}

/** Reads a destination that is a map, at `at`. What is wrong is added to the list and left out; undefined where nothing is left. */
export function readDestinationMap(
  value: object,
  at: string,
  origin: Origin,
  problems: Problem[],
): DestinationMap | undefined {
  const kinds = Object.keys(value)
  for (const kind of kinds.filter((one) => !Object.hasOwn(destinationMaps, one))) {
    const message = unknownSetting(kind, Object.keys(destinationMaps))
    problems.push({ setting: origin.place(`${at}.${kind}`), message })
  }
  const known = kinds.filter((kind): kind is keyof Maps => Object.hasOwn(destinationMaps, kind))
  if (known.length !== 1) {
    const wrong =
      kinds.length > known.length
        ? undefined
        : `It holds ${known.length === 0 ? 'no destination' : known.join(' and ')}.`
    if (wrong)
      problems.push({
        setting: origin.place(at),
        message: `${wrong} Give one of them, and each of several its own place in a list.`,
      })
    return undefined
  }
  const [kind] = known as [keyof Maps]
  const map = checkedMap(
    kind,
    (value as Record<string, unknown>)[kind] ?? {},
    `${at}.${kind}`,
    origin,
    problems,
  )
  return map && ({ kind, map } as DestinationMap)
}

function checkedMap(
  kind: keyof Maps,
  value: unknown,
  at: string,
  origin: Origin,
  problems: Problem[],
): Maps[keyof Maps] | undefined {
  const parsed = destinationMaps[kind].safeParse(value)
  if (parsed.success) return parsed.data
  const known = Object.keys(destinationMaps[kind].shape)
  const wrong = new Set<string>()
  for (const issue of parsed.error.issues) {
    if (issue.code === 'unrecognized_keys') {
      for (const key of issue.keys) {
        wrong.add(key)
        problems.push({ setting: origin.place(`${at}.${key}`), message: unknownSetting(key, known) })
      }
      continue
    }
    const key = issue.path[0] === undefined ? undefined : String(issue.path[0])
    if (key === undefined) {
      const message = `It is no map of settings. Known here: ${known.join(', ')}.`
      problems.push({ setting: origin.place(at), message })
      return undefined
    }
    wrong.add(key)
    const path = `${at}.${issue.path.map(String).join('.')}`
    problems.push({ setting: origin.place(path), message: wrongValue(issue, value, path, origin) })
  }
  const rest = Object.entries(value as object).filter(([key]) => !wrong.has(key))
  const again = destinationMaps[kind].safeParse(Object.fromEntries(rest))
  return again.success ? again.data : undefined
}

function wrongValue(issue: z.core.$ZodIssue, map: unknown, path: string, origin: Origin): string {
  const good = ownValue(goodValues, String(issue.path[0])) ?? goodText
  let value = map
  for (const key of issue.path) value = (value as Record<PropertyKey, unknown>)[key]
  if (value === undefined || value === null) return `It is not set. ${good}`
  // A header and a token file may hold a secret, whatever it looks like.
  const maySayIt = !/headers|token/.test(path)
  const expectsText = issue.code === 'invalid_type' && issue.expected === 'string'
  if (value instanceof MisreadNumber) {
    return `${expectsText ? value.inWords(maySayIt) : `${value} cannot be used.`} ${good}`
  }
  const spoken = origin.spoken(path, value)
  const isQuotable = spoken !== undefined && maySayIt
  const quotes =
    expectsText && typeof value !== 'object'
      ? ` is not text in YAML. Put it in quotes${isQuotable ? `: "${spoken}"` : ''}.`
      : ' cannot be used.'
  return `${isQuotable ? spoken : 'What is given'}${quotes} ${good}`
}
