import { describe, expect, test } from 'vitest'
import { otlpOptionsFromEnv, otlpSink } from '../src/index.ts'
import { origin } from './records.ts'

const OTLP = 'OTEL_EXPORTER_OTLP_'

/** Variables without their common beginning. */
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
  ])('of %j is %s', (env, url) => {
    expect(read(env).options?.url).toBe(url)
  })

  test('of the general variable is not looked at when the one for logs is set', () => {
    expect(read({ ENDPOINT: 'nonsense', LOGS_ENDPOINT: 'http://b.example.com/x' }).problems).toBeUndefined()
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
  ])('of %j are %j', (env, headers) => {
    expect(read(env).options?.headers).toEqual(headers)
  })
})

test('protocol, compression and timeout are read, the logs variable first, in any case', () => {
  const env = {
    PROTOCOL: 'http/protobuf',
    LOGS_PROTOCOL: 'HTTP/JSON',
    COMPRESSION: 'None',
    TIMEOUT: '1',
    LOGS_TIMEOUT: '2500',
  }
  expect(read(env).options).toMatchObject({ protocol: 'http/json', compression: 'none', timeoutMs: 2500 })
})

test('what is not set is left to the sink', () => {
  const { options } = otlpOptionsFromEnv({})
  expect(options).toMatchObject({
    protocol: undefined,
    compression: undefined,
    timeoutMs: undefined,
    certificates: {},
  })
  expect(() => otlpSink({ ...origin, ...options! })).not.toThrow()
})

test('certificates keep the setting they came from', () => {
  expect(
    read({ CERTIFICATE: '/a.pem', LOGS_CLIENT_CERTIFICATE: '/b.pem', CLIENT_KEY: '/c.pem' }).options
      ?.certificates,
  ).toEqual({
    ca: { setting: `${OTLP}CERTIFICATE`, path: '/a.pem' },
    cert: { setting: `${OTLP}LOGS_CLIENT_CERTIFICATE`, path: '/b.pem' },
    key: { setting: `${OTLP}CLIENT_KEY`, path: '/c.pem' },
  })
})

describe('problems', () => {
  test('come all at once, each with its variable and a good value', () => {
    const { problems, options } = read({
      LOGS_ENDPOINT: 'collector:4318',
      HEADERS: 'api-key',
      LOGS_HEADERS: 'a b=1,x=%zz',
      LOGS_PROTOCOL: 'grpc',
      COMPRESSION: 'zstd',
      TIMEOUT: '10s',
      CLIENT_KEY: '/key.pem',
    })
    expect(options).toBeUndefined()
    const messages = Object.fromEntries(
      problems!.map(({ setting, message }) => [setting.slice(OTLP.length), message]),
    )
    expect(new Set(Object.keys(messages))).toEqual(
      new Set([
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
    expect(messages['LOGS_PROTOCOL']).toMatch(/http\/protobuf.*4318/)
    expect(messages['COMPRESSION']).toContain('gzip')
    expect(messages['TIMEOUT']).toContain('10000')
    expect(messages['HEADERS']).toContain('entry 1 has no "="')
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
  ])('never quote a value: %j', (env) => {
    const { problems } = read(env)
    expect(problems).toHaveLength(1)
    expect(JSON.stringify(problems)).not.toContain('s3cret')
  })
})
