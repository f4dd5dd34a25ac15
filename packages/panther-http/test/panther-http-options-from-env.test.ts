import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, onTestFinished, test } from 'vitest'
import { authority, certificate } from '../../core/test/support/certificates.ts'
import { pantherHttpOptionsFromEnv, pantherSink } from '../src/index.ts'
import { startPantherSource } from './support/panther-source.ts'
import { event, neverAborted } from './support/sink-for.ts'

const url = 'https://logs.acme.runpanther.net/http/b2a5f1e0'

const folder = mkdtempSync(join(tmpdir(), 'panther-env-'))
afterAll(() => rmSync(folder, { recursive: true }))
function file(name: string, text: string): string {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}

/** Variables without their common prefix. */
function read(env: Record<string, string>): ReturnType<typeof pantherHttpOptionsFromEnv> {
  return pantherHttpOptionsFromEnv(
    Object.fromEntries(Object.entries(env).map(([name, value]) => [`PANTHER_HTTP_${name}`, value])),
  )
}

test('address and secret are enough, for a bearer token', async () => {
  expect(await read({ URL: url, SECRET: ' abc ' })).toEqual({
    options: {
      url,
      auth: 'bearer',
      header: undefined,
      username: undefined,
      hmacAlgorithm: 'sha256',
      hmacEncoding: 'hex',
      secret: 'abc',
      secondSecret: undefined,
      compression: 'gzip',
      insecure: false,
      allowPlainHttp: false,
      credentials: undefined,
    },
    secretFrom: ['the variable PANTHER_HTTP_SECRET'],
  })
})

test('every other variable is read too', async () => {
  const given = await read({
    ...{ URL: url, SECRET_FILE: file('secret', ' abc\n'), SECOND_SECRET: 'def' },
    ...{ AUTH: 'HMAC', HEADER: 'X-Signature', HMAC_ALGORITHM: 'sha512', HMAC_ENCODING: 'base64' },
    ...{ COMPRESSION: 'none', INSECURE: 'TRUE', CA_FILE: file('ca.pem', (await authority('CA')).cert) },
  })
  expect(given.options).toMatchObject({
    ...{ auth: 'hmac', header: 'X-Signature', hmacAlgorithm: 'sha512', hmacEncoding: 'base64' },
    ...{ secondSecret: 'def', compression: 'none', insecure: true },
  })
  expect(given.options?.credentials).toBeTypeOf('function')
  expect(given).toMatchObject({
    secretFrom: [`the file ${join(folder, 'secret')}`, 'the variable PANTHER_HTTP_SECOND_SECRET'],
  })
  expect(await read({ URL: url, SECRET: 'abc', AUTH: 'basic', USERNAME: 'ada' })).toMatchObject({
    options: { auth: 'basic', username: 'ada' },
  })
})

test('all problems are told at once, with the names of the variables and without a secret', async () => {
  const given = {
    ...{ URL: 'logs.acme.runpanther.net', SECRET: 'Bearer S3cret', SECOND_SECRET_FILE: '/nowhere/S2' },
    ...{ HEADER: 'x-secret', COMPRESSION: 'br', INSECURE: 'yes' },
  }
  const { problems = [] } = await read(given)
  expect(problems.map(({ setting }) => setting).toSorted()).toEqual(
    ['COMPRESSION', 'HEADER', 'INSECURE', 'SECOND_SECRET_FILE', 'SECRET', 'URL'].map(
      (name) => `PANTHER_HTTP_${name}`,
    ),
  )
  for (const { message } of problems) {
    expect(message).toMatch(/^[A-Z].+\.$/)
    expect(message).not.toContain('S3cret')
  }
})

test.each([
  [{}, ['URL', 'SECRET']],
  [{ URL: url, SECRET: 'abc', AUTH: 'oauth' }, ['AUTH']],
  [{ URL: url, SECRET: 'abc', AUTH: 'hmac' }, ['HEADER']],
  [{ URL: url, SECRET: 'abc', AUTH: 'basic' }, ['USERNAME']],
  [{ URL: url, SECRET: 'abc', AUTH: 'hmac', HEADER: 'x', HMAC_ENCODING: 'b64' }, ['HMAC_ENCODING']],
  [{ URL: 'http://logs.acme.runpanther.net/http/1', SECRET: 'abc' }, ['URL']],
  [{ URL: url, SECRET: 'abc', SECRET_FILE: '/run/secrets/panther' }, ['SECRET_FILE']],
])('what is missing or wrong is a problem, never ignored: %j', async (given, names) => {
  const { problems = [] } = await read(given as Record<string, string>)
  expect(problems.map(({ setting }) => setting)).toEqual(names.map((name) => `PANTHER_HTTP_${name}`))
})

test('a sink with these options uses a changed file at once if the old secret is refused, and trusts the certificates', async () => {
  const issuer = await authority('Test authority')
  let current = 'first'
  const source = await startPantherSource({
    tls: await certificate({ issuer }),
    auth: () => ({ bearer: current }),
  })
  const path = file('changing', 'first')
  const { options } = await read({
    URL: source.url,
    SECRET_FILE: path,
    CA_FILE: file('own.pem', issuer.cert),
  })
  if (!options) throw new Error('there are problems')
  const sink = pantherSink(options)
  onTestFinished(() => sink.close())
  await sink.write([event(1)], neverAborted)
  current = 'second'
  file('changing', 'second')
  await sink.write([event(2)], neverAborted)
  expect(source.classified.map(({ gid }) => gid)).toEqual(['1', '2'])
})
