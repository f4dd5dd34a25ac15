import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { toFault } from '@asana-audit/core'
import { afterAll, describe, expect, onTestFinished, test } from 'vitest'
import { authority, certificate } from '../../core/test/support/certificates.ts'
import { type HecEnvOptions, hecOptionsFromEnv, hecSink } from '../src/index.ts'
import { startHecReceiver } from './support/hec-receiver.ts'

const url = 'https://splunk.example.com:8088'

const folder = mkdtempSync(join(tmpdir(), 'hec-env-'))
afterAll(() => rmSync(folder, { recursive: true }))
function file(name: string, text: string): string {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}

async function tokenOf(options: HecEnvOptions | undefined): Promise<string | undefined> {
  return typeof options?.token === 'function' ? await options.token() : options?.token
}

/** Variables without their common prefix. */
function read(env: Record<string, string>): ReturnType<typeof hecOptionsFromEnv> {
  return hecOptionsFromEnv(
    Object.fromEntries(Object.entries(env).map(([name, value]) => [`SPLUNK_HEC_${name}`, value])),
  )
}

test('address and token are enough', async () => {
  expect(await read({ URL: url, TOKEN: ' abc ' })).toEqual({
    options: {
      url: `${url}/services/collector/event`,
      token: 'abc',
      secondToken: undefined,
      index: undefined,
      sourcetype: undefined,
      source: undefined,
      host: undefined,
      compression: 'gzip',
      ack: false,
      insecure: false,
      allowPlainHttp: false,
      credentials: undefined,
    },
    tokenFrom: ['the variable SPLUNK_HEC_TOKEN'],
  })
})

test('a collector that refuses gzip gets events as they are, and a wrong word is a problem', async () => {
  const receiver = await startHecReceiver({ token: 'abc' })
  const env = { URL: receiver.url, TOKEN: 'abc' }
  const { options } = await read({ ...env, COMPRESSION: 'None' })
  if (!options) throw new Error('There is no problem.')
  await using sink = hecSink(options)
  await sink.write([{ event: { hello: 'Splunk' } }], new AbortController().signal)
  expect(receiver.posts.at(-1)?.headers['content-encoding']).toBeUndefined()
  expect((await read({ ...env, COMPRESSION: 'gzp' })).problems).toEqual([
    { setting: 'SPLUNK_HEC_COMPRESSION', message: 'It must be one of gzip, none. Did you mean gzip?' },
  ])
})

test('every other variable is read too, also those that name files', async () => {
  const ca = await authority('Test authority')
  const { options } = await read({
    URL: url,
    TOKEN_FILE: file('token', ' abc\n'),
    INDEX: 'audit',
    SOURCETYPE: 'type',
    SOURCE: 'source',
    HOST: 'host',
    CA_FILE: file('ca.pem', ca.cert),
    INSECURE: 'TRUE',
    ACK: 'false',
  })
  expect(options).toMatchObject({
    index: 'audit',
    sourcetype: 'type',
    source: 'source',
    host: 'host',
    insecure: true,
  })
  expect(await options?.credentials?.(() => {})).toEqual({ ca: ca.cert })
})

test('paths of files are relative to the folder that the caller names', async () => {
  file('token', 'abc')
  const env = { SPLUNK_HEC_URL: url, SPLUNK_HEC_TOKEN_FILE: 'token' }
  const { options } = await hecOptionsFromEnv(env, (written) => join(folder, written))
  expect(await tokenOf(options)).toBe('abc')
})

test('a sink with these options uses a changed token file at once if the old token is refused, and trusts the certificates', async () => {
  const ca = await authority('Test authority')
  let valid = 'first'
  const receiver = await startHecReceiver({
    tls: await certificate({ issuer: ca }),
    answer: ({ headers }) =>
      headers.authorization === `Splunk ${valid}`
        ? { status: 200, body: { text: 'Success', code: 0 } }
        : { status: 403, body: { text: 'Invalid token', code: 4 } },
  })
  const { options } = await read({
    URL: receiver.url,
    TOKEN_FILE: file('token', 'first'),
    CA_FILE: file('ca.pem', ca.cert),
  })
  const sink = hecSink(options!)
  onTestFinished(() => sink.close?.())
  const write = (event: string): Promise<void> => sink.write([{ event }], new AbortController().signal)
  await write('a')
  file('token', 'second')
  valid = 'second'
  await write('b')
  const sent = receiver.posts.map(({ headers }) => headers.authorization)
  expect(sent).toEqual(['Splunk first', 'Splunk first', 'Splunk second'])
  rmSync(join(folder, 'token'))
  valid = 'third'
  expect(await write('c').catch(toFault)).toMatchObject({ fault: 'fatal', code: 'token_file' })
})

test('an empty source or sourcetype leaves it to the token; any other empty variable counts as not set', async () => {
  const { options } = await read({ URL: url, TOKEN: 'abc', SOURCETYPE: '', SOURCE: ' ', INDEX: '', HOST: '' })
  expect(options).toMatchObject({ sourcetype: '', source: '', index: undefined, host: undefined })
})

test('a flag that is neither true nor false is refused with both words', async () => {
  expect((await read({ URL: url, TOKEN: 'abc', ACK: 'yes' })).problems).toEqual([
    { setting: 'SPLUNK_HEC_ACK', message: 'It must be true or false.' },
  ])
})

test('plain http must be allowed by its own variable', async () => {
  const plain = { URL: 'http://splunk.example.com:8088', TOKEN: 'abc' }
  expect((await read(plain)).problems).toEqual([
    {
      setting: 'SPLUNK_HEC_URL',
      message: expect.stringContaining('or set SPLUNK_HEC_ALLOW_PLAIN_HTTP to true.'),
    },
  ])
  expect((await read({ ...plain, ALLOW_PLAIN_HTTP: 'true' })).options).toMatchObject({ allowPlainHttp: true })
})

test('indexer acknowledgement has its own variable', async () => {
  expect((await read({ URL: url, TOKEN: 'abc', ACK: 'true' })).options).toMatchObject({ ack: true })
})

test('a client certificate and its key are read from their files', async () => {
  const client = await certificate({ name: 'client' })
  const files = { CERT_FILE: file('client.pem', client.cert), KEY_FILE: file('client.key', client.key) }
  const { options } = await read({ URL: url, TOKEN: 'abc', ...files })
  expect(await options?.credentials?.(() => {})).toEqual(client)
})

describe('problems', () => {
  test.each([
    ['CERT_FILE', 'KEY_FILE'],
    ['KEY_FILE', 'CERT_FILE'],
  ] as const)('a client %s alone is one', async (given, missing) => {
    const client = await certificate()
    const path = file('half', given === 'CERT_FILE' ? client.cert : client.key)
    const { problems } = await read({ URL: url, TOKEN: 'abc', [given]: path })
    expect(problems).toEqual([
      {
        setting: `SPLUNK_HEC_${given}`,
        message: expect.stringContaining(`set SPLUNK_HEC_${missing} too`),
      },
    ])
  })

  test('are all reported at once, each with its variable, also those of files', async () => {
    const { options, problems } = await read({ ACK: 'yes', INSECURE: '1', CA_FILE: '/none/ca.pem' })
    expect(options).toBeUndefined()
    expect(new Set(problems?.map(({ setting }) => setting))).toEqual(
      new Set([
        'SPLUNK_HEC_URL',
        'SPLUNK_HEC_TOKEN',
        'SPLUNK_HEC_ACK',
        'SPLUNK_HEC_INSECURE',
        'SPLUNK_HEC_CA_FILE',
      ]),
    )
    expect(problems?.find(({ setting }) => setting === 'SPLUNK_HEC_URL')?.message).toContain(url)
  })

  test.each([
    ['missing', '/none/token', '(/none/token) cannot be read (ENOENT)'],
    ['a device', '/dev/null', '(/dev/null) cannot be read (a pipe or a device)'],
  ])('a token file that is %s is told with its path', async (_, path, says) => {
    const { problems } = await read({ URL: url, TOKEN_FILE: path })
    expect(problems).toMatchObject([
      { setting: 'SPLUNK_HEC_TOKEN_FILE', message: expect.stringContaining(says) },
    ])
  })

  test.each(['Splunk s3cret', '"s3cret"', 's3cr\net'])(
    'of the token in a file do not quote it: %j',
    async (token) => {
      const { problems } = await read({ URL: url, TOKEN_FILE: file('token', token) })
      expect(problems).toMatchObject([
        { setting: 'SPLUNK_HEC_TOKEN_FILE', message: expect.stringContaining('the word Splunk') },
      ])
      expect(JSON.stringify(problems)).not.toMatch(/s3cr/)
    },
  )

  test.each([
    { URL: 'https://user:s3cret@splunk.example.com', TOKEN: 'abc' },
    { URL: 'https://splunk.example.com/s3cret', TOKEN: 'abc' },
    { URL: 's3cret', TOKEN: 'abc' },
    { URL: url, TOKEN: 'Splunk s3cret' },
    { URL: url, TOKEN: 's3crét' },
    { URL: url, TOKEN: '"s3cret"' },
    { URL: url, TOKEN_FILE: 's3cret' },
    { URL: url, TOKEN: 's3cret', TOKEN_FILE: '/run/secrets/hec' },
    { URL: url, TOKEN: 'abc', INSECURE: 's3cret' },
  ])('never quote a value: %j', async (env) => {
    const { problems } = await read(env)
    expect(problems).toHaveLength(1)
    expect(JSON.stringify(problems)).not.toMatch(/s3cr/)
  })
})
