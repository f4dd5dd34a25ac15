import { describe, expect, test } from 'vitest'
import { hecOptionsFromEnv } from '../src/index.ts'

const url = 'https://splunk.example.com:8088'

/** Variables without their common beginning. */
function read(env: Record<string, string>): ReturnType<typeof hecOptionsFromEnv> {
  return hecOptionsFromEnv(
    Object.fromEntries(Object.entries(env).map(([name, value]) => [`SPLUNK_HEC_${name}`, value])),
  )
}

test('address and token are enough', () => {
  expect(read({ URL: url, TOKEN: ' abc ' })).toEqual({
    options: {
      endpoint: `${url}/services/collector/event`,
      token: 'abc',
      index: undefined,
      sourcetype: undefined,
      source: undefined,
      host: undefined,
      ack: false,
      insecure: false,
      allowPlainHttp: false,
      certificates: {},
    },
  })
})

test('everything else is read as well, and files are named with their setting', () => {
  const { options } = read({
    URL: url,
    TOKEN_FILE: '/run/secrets/hec',
    INDEX: 'audit',
    SOURCETYPE: 'type',
    SOURCE: 'source',
    HOST: 'host',
    CA_FILE: '/ca.pem',
    INSECURE: 'TRUE',
    ACK: 'false',
  })
  expect(options).toMatchObject({
    token: { setting: 'SPLUNK_HEC_TOKEN_FILE', path: '/run/secrets/hec' },
    index: 'audit',
    sourcetype: 'type',
    source: 'source',
    host: 'host',
    insecure: true,
    certificates: { ca: { setting: 'SPLUNK_HEC_CA_FILE', path: '/ca.pem' } },
  })
})

test('source and sourcetype set to nothing are left to the token, everything else counts as not set', () => {
  const { options } = read({ URL: url, TOKEN: 'abc', SOURCETYPE: '', SOURCE: ' ', INDEX: '', HOST: '' })
  expect(options).toMatchObject({ sourcetype: '', source: '', index: undefined, host: undefined })
})

test('plain http needs its own permission', () => {
  const plain = { URL: 'http://splunk.example.com:8088', TOKEN: 'abc' }
  expect(read(plain).problems).toMatchObject([{ setting: 'SPLUNK_HEC_URL' }])
  expect(read({ ...plain, ALLOW_PLAIN_HTTP: 'true' }).options).toMatchObject({ allowPlainHttp: true })
})

test('indexer acknowledgement is asked for with a variable of its own', () => {
  expect(read({ URL: url, TOKEN: 'abc', ACK: 'true' }).options).toMatchObject({ ack: true })
})

describe('problems', () => {
  test('come all at once, each with its variable', () => {
    const { options, problems } = read({ ACK: 'yes', INSECURE: '1' })
    expect(options).toBeUndefined()
    expect(new Set(problems?.map(({ setting }) => setting))).toEqual(
      new Set(['SPLUNK_HEC_URL', 'SPLUNK_HEC_TOKEN', 'SPLUNK_HEC_ACK', 'SPLUNK_HEC_INSECURE']),
    )
    expect(problems?.find(({ setting }) => setting === 'SPLUNK_HEC_URL')?.message).toContain(url)
  })

  test.each([
    { URL: 'https://user:s3cret@splunk.example.com', TOKEN: 'abc' },
    { URL: 'https://splunk.example.com/s3cret', TOKEN: 'abc' },
    { URL: 's3cret', TOKEN: 'abc' },
    { URL: url, TOKEN: 'Splunk s3cret' },
    { URL: url, TOKEN: 's3crét' },
    { URL: url, TOKEN: 's3cret', TOKEN_FILE: '/run/secrets/hec' },
    { URL: url, TOKEN: 'abc', INSECURE: 's3cret' },
  ])('never quote a value: %j', (env) => {
    const { problems } = read(env)
    expect(problems).toHaveLength(1)
    expect(JSON.stringify(problems)).not.toMatch(/s3cr/)
  })
})
