import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { authority, certificate } from '../../../core/test/support/certificates.ts'
import { otlpOptionsFromEnv, otlpSink } from '../../src/index.ts'
import { origin } from '../support/records.ts'

const OTLP = 'OTEL_EXPORTER_OTLP_'

/** Variables without their common prefix. */
function read(env: Record<string, string>): ReturnType<typeof otlpOptionsFromEnv> {
  return otlpOptionsFromEnv(
    Object.fromEntries(Object.entries(env).map(([key, value]) => [OTLP + key, value])),
  )
}

describe('the endpoint', () => {
  test.each([
    [{}, 'http://localhost:4318/v1/logs'],
    [{ ENDPOINT: 'https://otel.example.com' }, 'https://otel.example.com/v1/logs'],
    [{ ENDPOINT: 'https://otel.example.com/' }, 'https://otel.example.com/v1/logs'],
    [{ ENDPOINT: 'https://otel.example.com/otlp//' }, 'https://otel.example.com/otlp/v1/logs'],
    [
      { ENDPOINT: 'https://otel.example.com/otlp?tenant=a' },
      'https://otel.example.com/otlp/v1/logs?tenant=a',
    ],
    [{ LOGS_ENDPOINT: 'https://otel.example.com' }, 'https://otel.example.com/'],
    [{ LOGS_ENDPOINT: 'https://otel.example.com/in/logs' }, 'https://otel.example.com/in/logs'],
    [
      { ENDPOINT: 'https://a.example.com', LOGS_ENDPOINT: 'https://b.example.com/x' },
      'https://b.example.com/x',
    ],
    [{ ENDPOINT: 'https://a.example.com', LOGS_ENDPOINT: ' ' }, 'https://a.example.com/v1/logs'],
    [{ ENDPOINT: '' }, 'http://localhost:4318/v1/logs'],
  ])('of %j is %s', async (env, url) => {
    expect((await read(env)).options?.url).toBe(url)
  })

  test('of the general variable is ignored if the variable for logs is set', async () => {
    const { problems } = await read({ ENDPOINT: 'nonsense', LOGS_ENDPOINT: 'http://b.example.com/x' })
    expect(problems).toBeUndefined()
  })
})

describe('headers', () => {
  test.each<[Record<string, string>, Record<string, string>]>([
    [{}, {}],
    [{ HEADERS: 'api-key=abc' }, { 'api-key': 'abc' }],
    [{ HEADERS: ' api-key = abc , X-Tenant=b,' }, { 'api-key': 'abc', 'x-tenant': 'b' }],
    [{ HEADERS: 'authorization=Basic%20dXNlcjpwdw==' }, { authorization: 'Basic dXNlcjpwdw==' }],
    [{ HEADERS: 'a=x%2Cy%3Bz' }, { a: 'x,y;z' }],
    [{ HEADERS: 'a=' }, { a: '' }],
    [
      { HEADERS: 'A=1,b=2', LOGS_HEADERS: 'a=3,c=4' },
      { a: '3', b: '2', c: '4' },
    ],
  ])('of %j are %j', async (env, headers) => {
    expect((await read(env)).options?.headers).toEqual(headers)
  })
})

test('protocol, compression and timeout are read in upper and lower case, the variable for logs first', async () => {
  const env = {
    PROTOCOL: 'http/protobuf',
    LOGS_PROTOCOL: 'HTTP/JSON',
    COMPRESSION: 'None',
    TIMEOUT: '1',
    LOGS_TIMEOUT: '2500',
  }
  expect((await read(env)).options).toMatchObject({
    protocol: 'http/json',
    compression: 'none',
    timeoutMs: 2500,
  })
})

test('variables that are not set leave the defaults of the sink', async () => {
  const { options } = await otlpOptionsFromEnv({})
  expect(options).toMatchObject({
    protocol: undefined,
    compression: undefined,
    timeoutMs: undefined,
  })
  expect(() => otlpSink({ ...origin, ...options! })).not.toThrow()
})

test('certificates and keys are read from the folder that the caller names, the variable for logs first', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'otlp-env-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const ca = await authority('Test authority')
  const { cert, key } = await certificate({ issuer: ca, name: 'client' })
  for (const [name, text] of Object.entries({ ca: ca.cert, cert, key })) {
    writeFileSync(join(folder, `${name}.pem`), text)
  }
  const { options } = await otlpOptionsFromEnv(
    {
      [`${OTLP}CERTIFICATE`]: 'ca.pem',
      [`${OTLP}LOGS_CLIENT_CERTIFICATE`]: 'cert.pem',
      [`${OTLP}CLIENT_CERTIFICATE`]: 'none.pem',
      [`${OTLP}CLIENT_KEY`]: 'key.pem',
    },
    (written) => join(folder, written),
  )
  expect(await options?.credentials?.(() => {})).toEqual({ ca: ca.cert, cert, key })
})

describe('over gRPC', () => {
  test.each([
    ['nothing', {}, 'http://localhost:4317'],
    ['a URL without TLS', { ENDPOINT: 'http://collector:4317' }, 'http://collector:4317'],
    ['a URL with TLS', { ENDPOINT: 'https://collector:4317/' }, 'https://collector:4317'],
    ['a URL, which is stronger than INSECURE', { ENDPOINT: 'https://c:1', INSECURE: 'true' }, 'https://c:1'],
    ['a host and a port', { ENDPOINT: 'collector:4317' }, 'https://collector:4317'],
    ['the same without TLS', { ENDPOINT: 'collector:4317', INSECURE: 'TRUE' }, 'http://collector:4317'],
    [
      'the variables for logs first',
      { ENDPOINT: 'a:1', LOGS_ENDPOINT: '[::1]:4317', INSECURE: 'false', LOGS_INSECURE: 'true' },
      'http://[::1]:4317',
    ],
    ['a name for DNS', { ENDPOINT: 'dns:///collector:4317' }, 'https://collector:4317'],
    ['the same in short', { ENDPOINT: 'DNS:collector:4317', INSECURE: 'true' }, 'http://collector:4317'],
    ['a name that is passed on', { ENDPOINT: 'passthrough:///collector:4317' }, 'https://collector:4317'],
    ['an IPv4 address', { ENDPOINT: 'ipv4:192.0.2.7:4317', INSECURE: 'true' }, 'http://192.0.2.7:4317'],
    ['an IPv6 address', { ENDPOINT: 'ipv6:[2001:db8::7]:4317' }, 'https://[2001:db8::7]:4317'],
    ['a host without a port', { ENDPOINT: 'collector' }, 'https://collector'],
    [
      'hosts that are called like schemes',
      { ENDPOINT: 'unix:4317', LOGS_ENDPOINT: 'dns:4317' },
      'https://dns:4317',
    ],
  ])('the endpoint may be %s', async (_, env, url) => {
    const { options } = await read({ ...env, PROTOCOL: 'grpc' })
    expect(options).toMatchObject({ url, protocol: 'grpc' })
    expect(() => otlpSink({ ...origin, ...options! })).not.toThrow()
  })

  test.each([
    ['a path', { ENDPOINT: 'http://collector:4317/v1/logs' }, 'ENDPOINT', 'must have no path'],
    ['a path behind a name', { ENDPOINT: 'dns:///collector:4317/v1/logs' }, 'ENDPOINT', 'must have no path'],
    ['another scheme', { ENDPOINT: 'tcp://collector:4317' }, 'ENDPOINT', 'http:// or https://'],
    ['a socket', { ENDPOINT: 'unix:///run/collector.sock' }, 'ENDPOINT', 'a host and a port'],
    ['a socket in short', { ENDPOINT: 'unix:collector.sock' }, 'ENDPOINT', 'a host and a port'],
    ['a control plane', { ENDPOINT: 'xds:///collector' }, 'ENDPOINT', 'a host and a port'],
    ['a DNS server', { ENDPOINT: 'dns://192.0.2.1/collector:4317' }, 'ENDPOINT', 'DNS server'],
    ['several hosts', { ENDPOINT: 'ipv4:192.0.2.1:4317,192.0.2.2:4317' }, 'ENDPOINT', 'one host'],
    ['a bare IPv6 address', { ENDPOINT: 'ipv6:2001:db8::7' }, 'ENDPOINT', 'in brackets'],
    ['a word for INSECURE', { ENDPOINT: 'c:1', INSECURE: 'yes' }, 'INSECURE', 'true or false'],
  ])('%s is a problem', async (_, env, name, said) => {
    const { problems } = await read({ ...env, PROTOCOL: 'grpc' })
    expect(problems).toEqual([{ setting: `${OTLP}${name}`, message: expect.stringContaining(said) }])
    if (name === 'ENDPOINT') expect(problems?.[0]?.message).toMatch(/A good value is https:\/\/\S+:4317\.$/)
  })
})

describe('problems', () => {
  test('are all reported at once, each with its variable and a good value, also those of files', async () => {
    const { problems, options } = await read({
      LOGS_ENDPOINT: 'collector:4318',
      HEADERS: 'api-key',
      LOGS_HEADERS: 'a b=1,x=%zz',
      LOGS_PROTOCOL: 'http',
      COMPRESSION: 'br',
      TIMEOUT: '10s',
      CLIENT_KEY: '/none/key.pem',
      CERTIFICATE: '/none/ca.pem',
    })
    expect(options).toBeUndefined()
    const messages: Record<string, string> = {}
    for (const { setting, message } of problems!) messages[setting.slice(OTLP.length)] ??= message
    expect(new Set(Object.keys(messages))).toEqual(
      new Set([
        'CERTIFICATE',
        'CLIENT_KEY',
        'COMPRESSION',
        'HEADERS',
        'LOGS_ENDPOINT',
        'LOGS_HEADERS',
        'LOGS_PROTOCOL',
        'TIMEOUT',
      ]),
    )
    expect(messages['LOGS_ENDPOINT']).toContain('https://collector.example.com:4318/v1/logs')
    expect(messages['LOGS_PROTOCOL']).toMatch(/http\/protobuf, http\/json or grpc/)
    expect(messages['COMPRESSION']).toContain('gzip')
    expect(messages['TIMEOUT']).toContain('10000')
    expect(messages['HEADERS']).toContain('entry 1 has no "="')
    expect(messages['CERTIFICATE']).toContain('(/none/ca.pem) cannot be read (ENOENT)')
    expect(messages['CLIENT_KEY']).toContain(`${OTLP}CLIENT_CERTIFICATE`)
  })

  test.each([
    { ENDPOINT: 'http://user:s3cret@host' },
    { ENDPOINT: 's3cret' },
    { HEADERS: 's3cret' },
    { HEADERS: '=s3cret' },
    { HEADERS: 'a=s3cret%' },
    { HEADERS: 's3cret%=a' },
    { HEADERS: 'Bearer s3cret=x' },
    { HEADERS: 'a=s3cret%0A' },
    { LOGS_HEADERS: 'content-type=s3cret' },
    { PROTOCOL: 's3cret' },
    { TIMEOUT: '-1' },
    { TIMEOUT: '0' },
    { TIMEOUT: '99999999999' },
  ])('never quote a value: %j', async (env) => {
    const { problems } = await read(env)
    expect(problems).toHaveLength(1)
    expect(JSON.stringify(problems)).not.toContain('s3cret')
  })
})
