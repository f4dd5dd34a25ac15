import * as z from 'zod'
import { hecFormats, uncertainPolicies } from '../../flags/choice.ts'

/** An empty text counts as not set, as in the environment: a variable in the file may be empty. */
const text = z
  .string()
  .trim()
  .transform((value) => value || undefined)
  .optional()
/** A program and its words. */
const command = z.union([text, z.array(z.string()).min(1)]).optional()
/** An empty text removes our default. */
const textOrNothing = z.string().trim().optional()
// Text is accepted too: the value of a variable in the file is text.
const flag = z.union([z.boolean().transform(String), text])
/** A list of words, or a text with commas between them. */
const words = z
  .union([
    z.array(z.string().trim()),
    z
      .string()
      .trim()
      .transform((value) => value.split(/\s*,\s*/)),
  ])
  .optional()
const whole = (least: number, most?: number) => {
  const number = most === undefined ? z.int().min(least) : z.int().min(least).max(most)
  return z.union([number, z.string().trim().regex(/^\d+$/).transform(Number).pipe(number)]).optional()
}

/** A destination may be a map in YAML with one of these keys. */
export const destinationMaps = {
  otlp: z.strictObject({
    endpoint: text,
    insecure: flag,
    protocol: text,
    compression: text,
    timeout: z.union([text, z.int().transform(String)]),
    headers: z.record(z.string(), z.string()).optional(),
    headers_file: text,
    headers_env: text,
    headers_exec: command,
    second_headers_file: text,
    second_headers_env: text,
    second_headers_exec: command,
    ca_file: text,
    cert_file: text,
    key_file: text,
    in_flight: whole(1, 8),
    on_uncertain: z.enum(uncertainPolicies).optional(),
  }),
  splunk_hec: z.strictObject({
    url: text,
    token_file: text,
    token_env: text,
    token_exec: command,
    second_token_file: text,
    second_token_env: text,
    second_token_exec: command,
    index: text,
    sourcetype: textOrNothing,
    source: textOrNothing,
    host: text,
    compression: text,
    ca_file: text,
    cert_file: text,
    key_file: text,
    insecure: flag,
    allow_plain_http: flag,
    ack: flag,
    format: z.enum(hecFormats).optional(),
  }),
  panther_http: z.strictObject({
    url: text,
    auth: text,
    secret_file: text,
    secret_env: text,
    secret_exec: command,
    second_secret_file: text,
    second_secret_env: text,
    second_secret_exec: command,
    header: text,
    username: text,
    hmac_algorithm: text,
    hmac_encoding: text,
    compression: text,
    ca_file: text,
    cert_file: text,
    key_file: text,
    insecure: flag,
    allow_plain_http: flag,
    in_flight: whole(1, 8),
  }),
  archive: z.strictObject({
    location: z.string().trim().min(1),
    formats: words,
    ocsf_region: text,
    ocsf_account: text,
    compression: text,
    max_age: text,
    max_rows: whole(1, 1_000_000),
    max_bytes: whole(1_048_576, 67_108_864),
    signing_key_file: text,
    region: text,
    endpoint: text,
    path_style: flag,
    allow_plain_http: flag,
    ca_file: text,
    kms_key: text,
    storage_class: text,
    tags: z.record(z.string(), z.string()).optional(),
    lock_mode: text,
    lock_days: whole(1, 36_500),
  }),
  file: z.strictObject({
    path: z.string().min(1),
    rotate_bytes: whole(1_048_576),
    rotate_keep: whole(1),
  }),
}

export type Maps = { [Kind in keyof typeof destinationMaps]: z.output<(typeof destinationMaps)[Kind]> }

export type DestinationKind = keyof Maps

export type MapSetting = { [Kind in keyof Maps]: keyof Maps[Kind] }[keyof Maps]

/** The map of one destination, without its wrong settings. */
export type DestinationMap = {
  [Kind in keyof Maps]: { readonly kind: Kind; readonly map: Maps[Kind] }
}[keyof Maps]

const goodPem = 'Give the path of a PEM file, for example /etc/ssl/ca.pem.'
const goodFlag = 'Give true or false.'
const goodCommand =
  'Give a command that prints the token, for example [vault, kv, get, -field=token, secret/hec].'

const goodSecretCommand =
  'Give a command that prints the secret, for example [vault, kv, get, -field=secret, secret/panther].'

/** What to write for each setting of a map. */
export const goodMapValues: Readonly<Record<MapSetting, string>> = {
  endpoint:
    'Give the whole URL, for example https://collector.example.com:4318/v1/logs, with the protocol grpc https://collector.example.com:4317, for an archive https://s3.example.com.',
  protocol: 'Give http/protobuf, http/json or grpc.',
  compression: 'Give gzip or none, for otlp and an archive also zstd.',
  timeout: 'Give milliseconds, for example 10000.',
  headers: 'Give a map of texts, for example { x-api-key: "…" }.',
  headers_file: 'Give the path of a file with lines such as x-api-key=KEY, for example /run/secrets/headers.',
  second_headers_file:
    'Give the path of a file with lines such as x-api-key=KEY, for example /run/secrets/headers-2.',
  headers_env:
    'Give the name of an environment variable that holds x-api-key=KEY, for example COLLECTOR_HEADERS.',
  second_headers_env:
    'Give the name of an environment variable that holds x-api-key=KEY, for example COLLECTOR_HEADERS_2.',
  headers_exec:
    'Give a command that prints x-api-key=KEY, for example [vault, kv, get, -field=headers, secret/collector].',
  second_headers_exec:
    'Give a command that prints x-api-key=KEY, for example [vault, kv, get, -field=second, secret/collector].',
  ca_file: goodPem,
  cert_file: goodPem,
  key_file: goodPem,
  in_flight: 'Give a whole number from 1 to 8, for example 8.',
  on_uncertain: `Give one of ${uncertainPolicies.join(', ')}.`,
  url: 'Give the URL of the collector, for example https://splunk.example.com:8088.',
  token_file: 'Give the path of a file that holds the token, for example /run/secrets/hec-token.',
  index: 'Give the name of an index as text, for example audit, or leave it out.',
  sourcetype: "Give a text, for example asana:audit, or an empty one for the token's own.",
  source: "Give a text, for example asana-audit, or an empty one for the token's own.",
  host: 'Give the name of a host as text, for example collector-1, or leave it out.',
  second_token_file: 'Give the path of a file that holds the token, for example /run/secrets/hec-token-2.',
  token_env: 'Give the name of an environment variable, for example SPLUNK_TOKEN.',
  second_token_env: 'Give the name of an environment variable, for example SPLUNK_TOKEN_2.',
  token_exec: goodCommand,
  second_token_exec: goodCommand,
  insecure: goodFlag,
  allow_plain_http: goodFlag,
  ack: goodFlag,
  format: `Give one of ${hecFormats.join(', ')}.`,
  auth: 'Give bearer, shared-secret, hmac or basic.',
  secret_file: 'Give the path of a file that holds the secret, for example /run/secrets/panther.',
  second_secret_file: 'Give the path of a file that holds the secret, for example /run/secrets/panther-2.',
  secret_env: 'Give the name of an environment variable, for example PANTHER_SECRET.',
  second_secret_env: 'Give the name of an environment variable, for example PANTHER_SECRET_2.',
  secret_exec: goodSecretCommand,
  second_secret_exec: goodSecretCommand,
  header: 'Give the name of the header, for example x-panther-secret.',
  username: 'Give the user name as text, or leave it out.',
  hmac_algorithm: 'Give sha256 or sha512.',
  hmac_encoding: 'Give hex or base64.',
  location:
    'Give a folder or a bucket, for example /var/lib/asana-audit/archive or s3://audit-evidence/asana.',
  formats: 'Give a list, for example [jsonl, flat].',
  ocsf_region: 'Give the region of Security Lake, for example eu-central-1.',
  ocsf_account: 'Give the 12 digits of an AWS account in quotes, or external.',
  kms_key: 'Give the id or the ARN of a key of KMS.',
  storage_class: 'Give the name of a class whose objects can be read at once, for example STANDARD_IA.',
  tags: 'Give a map of texts, ten at most, for example { team: audit }.',
  lock_mode: 'Give governance or compliance.',
  lock_days: 'Give a whole number of days, for example 2555.',
  region: 'Give the region of the bucket, for example eu-central-1.',
  path_style: goodFlag,
  max_age: 'Give a duration from 1s to 15m, for example 5m.',
  max_rows: 'Give a whole number of events from 1 to 1000000, for example 20000.',
  max_bytes: 'Give a whole number of bytes from 1048576 to 67108864, for example 16777216.',
  signing_key_file: 'Give the path of an Ed25519 key in PEM, for example /etc/asana-audit/archive-key.pem.',
  path: 'Give a path, for example /var/log/asana-audit.jsonl.',
  rotate_bytes: 'Give a whole number of bytes from 1048576, for example 104857600.',
  rotate_keep: 'Give how many full files to keep, from 1, for example 30, or leave it out to keep all.',
}
