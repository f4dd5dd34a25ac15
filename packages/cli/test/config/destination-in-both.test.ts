import { otlpSettingsFromEnv } from '@asana-audit/otlp/settings'
import { pantherHttpSettingsFromEnv } from '@asana-audit/panther-http/settings'
import { hecSettingsFromEnv } from '@asana-audit/splunk-hec/settings'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type DestinationKind, destinationMaps } from '../../src/config/destination/destination-map.ts'
import { type Env, settingFiles, sorted } from '../support/setting-files.ts'

/** One setting, or two that belong together, as YAML and the environment write it. */
interface Setting {
  readonly yaml: Readonly<Record<string, unknown>>
  readonly env: Env
}

const { placed, pipelineOf, yamlFile } = settingFiles()

/** A variable of OTLP exists for all signals and for logs. */
function otlp(yaml: Setting['yaml'], env: Env): Setting[] {
  const of = (prefix: string): Env =>
    Object.fromEntries(Object.entries(env).map(([name, value]) => [prefix + name, value]))
  return [
    { yaml, env: of('OTEL_EXPORTER_OTLP_') },
    { yaml, env: of('OTEL_EXPORTER_OTLP_LOGS_') },
  ]
}

/** Without their prefix SPLUNK_HEC_. */
function hec(yaml: Setting['yaml'], env: Env): Setting {
  return {
    yaml,
    env: Object.fromEntries(Object.entries(env).map(([name, value]) => [`SPLUNK_HEC_${name}`, value])),
  }
}

/** Without their prefix PANTHER_HTTP_. */
function panther(yaml: Setting['yaml'], env: Env): Setting {
  return {
    yaml,
    env: Object.fromEntries(Object.entries(env).map(([name, value]) => [`PANTHER_HTTP_${name}`, value])),
  }
}

const settings: Record<Exclude<DestinationKind, 'archive' | 'file'>, readonly Setting[]> = {
  otlp: [
    {
      yaml: { endpoint: 'https://c.example:4318/v1/logs' },
      env: { OTEL_EXPORTER_OTLP_ENDPOINT: 'https://c.example:4318' },
    },
    {
      yaml: { endpoint: 'https://c.example/logs' },
      env: { OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: 'https://c.example/logs' },
    },
    ...otlp({ headers: { 'X-Key': 'a b,c', 'x-tenant': '1' } }, { HEADERS: 'X-Key=a%20b%2Cc,x-tenant=1' }),
    ...otlp({ headers_file: 'FOLDER/headers' }, { HEADERS_FILE: 'FOLDER/headers' }),
    ...otlp({ headers_exec: 'cat FOLDER/headers' }, { HEADERS_EXEC: 'cat FOLDER/headers' }),
    ...otlp(
      { headers_file: 'FOLDER/headers', second_headers_file: 'FOLDER/headers' },
      { HEADERS_FILE: 'FOLDER/headers', SECOND_HEADERS_FILE: 'FOLDER/headers' },
    ),
    ...otlp(
      { headers_file: 'FOLDER/headers', second_headers_exec: 'cat FOLDER/headers' },
      { HEADERS_FILE: 'FOLDER/headers', SECOND_HEADERS_EXEC: 'cat FOLDER/headers' },
    ),
    ...otlp({ protocol: 'HTTP/JSON' }, { PROTOCOL: 'HTTP/JSON' }),
    ...otlp(
      { protocol: 'grpc', endpoint: 'c.example:4317', insecure: true },
      { PROTOCOL: 'grpc', ENDPOINT: 'c.example:4317', INSECURE: 'true' },
    ),
    ...otlp({ compression: ' gzip' }, { COMPRESSION: ' gzip' }),
    ...otlp({ timeout: 5_000 }, { TIMEOUT: '5000' }),
    ...otlp({ timeout: ' 5000 ' }, { TIMEOUT: ' 5000 ' }),
    ...otlp({ ca_file: 'FOLDER/ca' }, { CERTIFICATE: 'FOLDER/ca' }),
    ...otlp(
      { cert_file: 'FOLDER/cert', key_file: 'FOLDER/key' },
      { CLIENT_CERTIFICATE: 'FOLDER/cert', CLIENT_KEY: 'FOLDER/key' },
    ),
  ],
  splunk_hec: [
    hec({ url: 'https://s.example:8088' }, { URL: 'https://s.example:8088' }),
    hec({ token_file: 'FOLDER/token' }, { TOKEN_FILE: 'FOLDER/token' }),
    hec({ token_exec: 'cat FOLDER/token' }, { TOKEN_EXEC: 'cat FOLDER/token' }),
    hec({ second_token_file: 'FOLDER/token' }, { SECOND_TOKEN_FILE: 'FOLDER/token' }),
    hec({ second_token_exec: 'cat FOLDER/token' }, { SECOND_TOKEN_EXEC: 'cat FOLDER/token' }),
    hec({ index: ' audit ' }, { INDEX: ' audit ' }),
    hec({ sourcetype: 'asana:own' }, { SOURCETYPE: 'asana:own' }),
    hec({ sourcetype: '' }, { SOURCETYPE: '' }),
    hec({ source: 'asana' }, { SOURCE: 'asana' }),
    hec({ source: '' }, { SOURCE: '' }),
    hec({ host: 'h' }, { HOST: 'h' }),
    hec({ compression: 'none' }, { COMPRESSION: 'none' }),
    hec({ ca_file: 'FOLDER/ca' }, { CA_FILE: 'FOLDER/ca' }),
    hec(
      { cert_file: 'FOLDER/cert', key_file: 'FOLDER/key' },
      { CERT_FILE: 'FOLDER/cert', KEY_FILE: 'FOLDER/key' },
    ),
    hec({ insecure: true }, { INSECURE: 'true' }),
    hec({ insecure: 'True' }, { INSECURE: 'True' }),
    hec(
      { url: 'http://s.example', allow_plain_http: true },
      { URL: 'http://s.example', ALLOW_PLAIN_HTTP: 'true' },
    ),
    hec({ ack: true }, { ACK: 'true' }),
  ],
  panther_http: [
    panther({ url: 'https://p.example/http/1' }, { URL: 'https://p.example/http/1' }),
    panther({ secret_file: 'FOLDER/token' }, { SECRET_FILE: 'FOLDER/token' }),
    panther({ secret_exec: 'cat FOLDER/token' }, { SECRET_EXEC: 'cat FOLDER/token' }),
    panther({ second_secret_file: 'FOLDER/token' }, { SECOND_SECRET_FILE: 'FOLDER/token' }),
    panther({ second_secret_exec: 'cat FOLDER/token' }, { SECOND_SECRET_EXEC: 'cat FOLDER/token' }),
    panther({ auth: 'hmac', header: 'x-sig' }, { AUTH: 'hmac', HEADER: 'x-sig' }),
    panther({ auth: 'basic', username: 'ada' }, { AUTH: 'basic', USERNAME: 'ada' }),
    panther({ hmac_algorithm: 'sha512' }, { HMAC_ALGORITHM: 'sha512' }),
    panther({ hmac_encoding: 'base64' }, { HMAC_ENCODING: 'base64' }),
    panther({ compression: 'none' }, { COMPRESSION: 'none' }),
    panther({ ca_file: 'FOLDER/ca' }, { CA_FILE: 'FOLDER/ca' }),
    panther(
      { cert_file: 'FOLDER/cert', key_file: 'FOLDER/key' },
      { CERT_FILE: 'FOLDER/cert', KEY_FILE: 'FOLDER/key' },
    ),
    panther({ insecure: true }, { INSECURE: 'true' }),
    panther(
      { url: 'http://p.example/http/1', allow_plain_http: true },
      { URL: 'http://p.example/http/1', ALLOW_PLAIN_HTTP: 'true' },
    ),
  ],
}

/** What cannot be done without, where a setting under test does not say it. */
const required: Record<keyof typeof settings, Env> = {
  otlp: {},
  splunk_hec: { SPLUNK_HEC_URL: 'https://default.example', SPLUNK_HEC_TOKEN: 'default' },
  panther_http: { PANTHER_HTTP_URL: 'https://default.example/http/0', PANTHER_HTTP_SECRET: 'default' },
}

const onlyInYaml: Record<DestinationKind, Readonly<Record<string, string>>> = {
  otlp: {
    headers_env: 'a variable does not name another one',
    second_headers_env: 'as headers_env',
    in_flight: 'OpenTelemetry has no such variable',
    on_uncertain: 'OpenTelemetry has no such variable; one pipeline has the flag --on-uncertain',
  },
  splunk_hec: {
    format: 'it is about events, not the collector; one pipeline has the flag --hec-format',
    token_env: 'a variable does not name another one',
    second_token_env: 'as token_env',
  },
  panther_http: {
    secret_env: 'a variable does not name another one',
    second_secret_env: 'as secret_env',
    in_flight: 'as for otlp',
  },
  archive: {
    location: 'one pipeline has --to archive:PATH',
    formats: 'one pipeline has the flag --archive-formats',
    ocsf_region: 'the region of the bucket is its default',
    ocsf_account: 'as compression',
    compression: 'an archive that is kept for years has a file of settings',
    max_age: 'as compression',
    max_rows: 'as compression',
    max_bytes: 'as compression',
    signing_key_file: 'as compression',
    region: 'its variable is AWS_REGION, as for all tools of AWS: archive-s3.test.ts',
    endpoint: 'its variable is AWS_ENDPOINT_URL_S3: archive-s3.test.ts',
    path_style: 'AWS has no such variable',
    allow_plain_http: 'AWS has no such variable',
    ca_file: 'its variable is AWS_CA_BUNDLE: archive-s3.test.ts',
    kms_key: 'AWS has no such variable',
    storage_class: 'AWS has no such variable',
    tags: 'AWS has no such variable',
    lock_mode: 'AWS has no such variable',
    lock_days: 'AWS has no such variable',
  },
  file: {
    path: 'one pipeline has --to file:PATH',
    rotate_bytes: 'a file of one pipeline is for a look or an import; logrotate and the like handle others',
    rotate_keep: 'as rotate_bytes',
  },
}

const onlyInTheEnvironment: Record<string, string> = {
  SPLUNK_HEC_TOKEN:
    'a token does not belong into a file of settings; token_file names the file that holds it',
  SPLUNK_HEC_SECOND_TOKEN: 'as SPLUNK_HEC_TOKEN',
  PANTHER_HTTP_SECRET: 'as SPLUNK_HEC_TOKEN',
  PANTHER_HTTP_SECOND_SECRET: 'as SPLUNK_HEC_TOKEN',
  OTEL_EXPORTER_OTLP_SECOND_HEADERS: 'as SPLUNK_HEC_TOKEN',
  OTEL_EXPORTER_OTLP_LOGS_SECOND_HEADERS: 'as SPLUNK_HEC_TOKEN',
}

const asana = { ASANA_TOKEN: 'asana', ASANA_WORKSPACE: '42' }
const flagOf = { otlp: 'otlp', splunk_hec: 'splunk-hec', panther_http: 'panther-http' } as const

function inEnvironment(kind: keyof typeof settings, env: Env) {
  return pipelineOf({ to: [flagOf[kind]] }, { ...asana, ...withRequired(kind, env) })
}

function withRequired(kind: keyof typeof settings, env: Env): Env {
  const all = { ...required[kind], ...placed(env) }
  // A secret of the setting under test stands in for the required one.
  const replaced = ['SPLUNK_HEC_TOKEN', 'PANTHER_HTTP_SECRET'].filter((name) =>
    [`${name}_FILE`, `${name}_EXEC`].some((way) => all[way] !== undefined),
  )
  return Object.fromEntries(Object.entries(all).filter(([name]) => !replaced.includes(name)))
}

function inYaml(kind: DestinationKind, map: object, env: Env = {}) {
  const document = { pipelines: [{ workspace: '42', to: { [kind]: placed(map) } }] }
  return pipelineOf({ config: yamlFile(document) }, { ...asana, ...env })
}

const rows = (Object.keys(settings) as (keyof typeof settings)[]).flatMap((kind) =>
  settings[kind].map((setting) => ({ kind, ...setting, name: JSON.stringify([setting.yaml, setting.env]) })),
)

describe('a destination', () => {
  test.each(rows)(
    'is the same from YAML and from the environment: $kind $name',
    async ({ kind, yaml, env }) => {
      const fromYaml = await inYaml(kind, yaml, required[kind])
      expect(fromYaml).toEqual(await inEnvironment(kind, env))
      expect(fromYaml).not.toEqual(await inEnvironment(kind, {}))
    },
  )

  test.each(rows)('is the same through a variable in YAML: $kind $name', async ({ kind, yaml }) => {
    const values = Object.entries(yaml).filter(([, value]) => typeof value !== 'object' && value !== '')
    const variables = values.map(([key, value]) => [`V_${key}`, String(placed(value))] as const)
    const map = { ...yaml, ...Object.fromEntries(values.map(([key]) => [key, `\${V_${key}}`])) }
    expect(await inYaml(kind, map, { ...required[kind], ...Object.fromEntries(variables) })).toEqual(
      await inYaml(kind, yaml, required[kind]),
    )
  })

  test.each(Object.keys(settings) as (keyof typeof settings)[])(
    'is the same with any settings at once: %s',
    async (kind) => {
      // One way to write each setting: two at once are another test.
      // So are two sources of one secret.
      const together = settings[kind].filter(
        ({ yaml }) => !Object.keys(yaml).some((key) => /_exec$/.test(key)),
      )
      const oneEach = together.filter(
        ({ yaml }, index, all) =>
          all.findIndex((other) => Object.keys(yaml).some((key) => Object.hasOwn(other.yaml, key))) === index,
      )
      await fc.assert(
        fc.asyncProperty(fc.subarray(oneEach), async (chosen) => {
          const yaml = Object.assign({}, ...chosen.map((one) => one.yaml))
          const env = Object.assign({}, ...chosen.map((one) => one.env))
          expect(await inYaml(kind, yaml, required[kind])).toEqual(await inEnvironment(kind, env))
        }),
        { numRuns: 30 },
      )
    },
  )

  test.each(rows)('has the setting of YAML where both have one: $kind $name', async ({ kind, yaml }) => {
    const others: Record<keyof typeof settings, Env> = {
      otlp: {
        OTEL_EXPORTER_OTLP_ENDPOINT: 'https://other.example',
        OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: 'https://other.example/logs',
        OTEL_EXPORTER_OTLP_HEADERS: 'x-all=1',
        OTEL_EXPORTER_OTLP_LOGS_HEADERS: 'x-logs=1',
        OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf',
        OTEL_EXPORTER_OTLP_COMPRESSION: 'none',
        OTEL_EXPORTER_OTLP_TIMEOUT: '7',
      },
      splunk_hec: {
        SPLUNK_HEC_INDEX: 'other',
        SPLUNK_HEC_SOURCETYPE: 'other',
        SPLUNK_HEC_SOURCE: 'other',
        SPLUNK_HEC_HOST: 'other',
        SPLUNK_HEC_INSECURE: 'false',
        SPLUNK_HEC_ALLOW_PLAIN_HTTP: 'false',
        SPLUNK_HEC_ACK: 'false',
      },
      panther_http: {
        PANTHER_HTTP_HMAC_ALGORITHM: 'sha256',
        PANTHER_HTTP_HMAC_ENCODING: 'hex',
        PANTHER_HTTP_COMPRESSION: 'gzip',
        PANTHER_HTTP_INSECURE: 'false',
        PANTHER_HTTP_ALLOW_PLAIN_HTTP: 'false',
      },
    }
    const alone = optionsIn(await inYaml(kind, yaml, required[kind]))
    const beside = optionsIn(await inYaml(kind, yaml, { ...required[kind], ...others[kind] }))
    for (const option of optionsChangedBy(alone, optionsIn(await inYaml(kind, {}, required[kind])))) {
      expect({ option, value: beside[option] }).toEqual({ option, value: alone[option] })
    }
  })

  test.each(Object.keys(settings) as (keyof typeof settings)[])(
    'counts an empty text as not set, as the environment does: %s',
    async (kind) => {
      const texts = settings[kind]
        .flatMap(({ yaml }) => Object.keys(yaml))
        // Empty, these leave our default out, in the environment too.
        .filter((key) => !['headers', 'source', 'sourcetype'].includes(key))
      const empty = Object.fromEntries(texts.map((key) => [key, '']))
      expect(await inYaml(kind, empty, required[kind])).toEqual(await inYaml(kind, {}, required[kind]))
    },
  )

  test('that is named in YAML gets no headers of the environment, which are for the destination there', async () => {
    const env = {
      OTEL_EXPORTER_OTLP_ENDPOINT: 'https://theirs.example',
      OTEL_EXPORTER_OTLP_HEADERS: 'x-key=theirs',
      OTEL_EXPORTER_OTLP_LOGS_HEADERS: 'x-logs=theirs',
    }
    const headersOf = async (map: object) => optionsIn(await inYaml('otlp', map, env))['headers']
    expect(await headersOf({})).toEqual({ 'x-key': 'theirs', 'x-logs': 'theirs' })
    expect(await headersOf({ endpoint: 'https://ours.example/v1/logs' })).toEqual({})
    expect(await headersOf({ headers: {} })).toEqual({})
    expect(await headersOf({ headers: { 'x-own': 'ours' } })).toEqual({ 'x-own': 'ours' })
  })

  test('has no setting that these tests leave out', () => {
    for (const [kind, { shape }] of Object.entries(destinationMaps)) {
      const tested =
        kind === 'file' || kind === 'archive'
          ? []
          : settings[kind as keyof typeof settings].flatMap(({ yaml }) => Object.keys(yaml))
      expect(sorted([...tested, ...Object.keys(onlyInYaml[kind as DestinationKind])])).toEqual(
        sorted(Object.keys(shape)),
      )
    }
    const read: string[] = []
    const recording = new Proxy<Env>({}, { get: (_, name) => void read.push(String(name)) })
    otlpSettingsFromEnv(recording)
    hecSettingsFromEnv(recording)
    pantherHttpSettingsFromEnv(recording)
    const tested = rows.flatMap(({ env }) => Object.keys(env))
    expect(sorted([...tested, ...Object.keys(onlyInTheEnvironment)])).toEqual(sorted(read))
  })
})

function optionsIn({ destination }: { readonly destination: object }): Record<string, unknown> {
  return 'options' in destination ? (destination.options as Record<string, unknown>) : {}
}

function optionsChangedBy(after: Record<string, unknown>, before: Record<string, unknown>): string[] {
  return Object.keys(after).filter((name) => JSON.stringify(after[name]) !== JSON.stringify(before[name]))
}
