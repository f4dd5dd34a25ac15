import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { type S3Access, type S3AccessReader, s3AccessFromEnv } from '../../src/index.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'asana-audit-access-'))
  return () => rmSync(folder, { recursive: true })
})

const start = Date.parse('2026-03-10T12:00:00Z')
const hour = 3_600_000

interface Answer {
  readonly status?: number
  readonly body: string
}

/** A server for one test; `answer` gets each request and its body. */
async function server(answer: (request: IncomingMessage, body: string) => Answer): Promise<string> {
  const made = createServer((request, response) => {
    void text(request).then((body) => {
      const { status = 200, body: said } = answer(request, body)
      response.writeHead(status).end(said)
    })
  })
  await new Promise<void>((resolve) => made.listen(0, '127.0.0.1', resolve))
  onTestFinished(async () => {
    made.closeAllConnections()
    await new Promise((resolve) => made.close(resolve))
  })
  return `http://127.0.0.1:${(made.address() as AddressInfo).port}`
}

/** The reader of what the environment names, at a time that the test sets. */
function readerFor(env: Record<string, string>): {
  read: () => Promise<S3Access>
  again: () => Promise<S3Access>
  at: (ms: number) => void
  from: string
} {
  let now = start
  const clock = { now: () => now, sleep: () => Promise.resolve(), random: () => 0.5 }
  const found = s3AccessFromEnv({ HOME: folder, ...env }, { region: 'eu-central-1', clock })
  if (found.problems) throw new Error(JSON.stringify(found.problems))
  const { access, from } = found
  const reader: S3AccessReader = typeof access === 'function' ? access : () => access
  return {
    from,
    read: async () => reader(),
    again: async () => (reader.again ?? reader)(),
    at: (ms) => {
      now = start + ms
    },
  }
}

const ofMachine = (number: number, expires = start + hour): string =>
  JSON.stringify({
    ...{ Code: 'Success', AccessKeyId: `ASIA${number}`, SecretAccessKey: 'abc', Token: `token-${number}` },
    Expiration: new Date(expires).toISOString(),
  })

test('the key in the variables comes first', async () => {
  const { read, from } = readerFor({
    AWS_ACCESS_KEY_ID: 'AKIA1',
    AWS_SECRET_ACCESS_KEY: 'abc',
    AWS_SESSION_TOKEN: 'token',
    AWS_WEB_IDENTITY_TOKEN_FILE: '/none',
  })
  expect(await read()).toEqual({ accessKeyId: 'AKIA1', secretAccessKey: 'abc', sessionToken: 'token' })
  expect(from).toBe('AWS_ACCESS_KEY_ID')
})

test('half a key is a problem that names the other half', () => {
  const { problems } = s3AccessFromEnv({ AWS_SECRET_ACCESS_KEY: 'abc' }, { region: 'eu-central-1' })
  expect(problems?.map(({ setting }) => setting)).toEqual(['AWS_ACCESS_KEY_ID'])
})

describe('a file of credentials', () => {
  const write = (content: string): string => {
    const path = join(folder, 'credentials')
    writeFileSync(path, content)
    return path
  }

  test('gives the key of the profile, and another one once the file has changed', async () => {
    const path = write(
      '[default]\naws_access_key_id = AKIA1\naws_secret_access_key=abc\n[other]\naws_access_key_id=AKIA2\naws_secret_access_key=def=\naws_session_token = t\n',
    )
    const { read, at, from } = readerFor({ AWS_SHARED_CREDENTIALS_FILE: path, AWS_PROFILE: 'other' })
    expect(await read()).toEqual({ accessKeyId: 'AKIA2', secretAccessKey: 'def=', sessionToken: 't' })
    expect(from).toBe(`the profile [other] of ${path}`)
    write('[other]\naws_access_key_id=AKIA33\naws_secret_access_key=ghi\n')
    at(2_000)
    expect(await read()).toMatchObject({ accessKeyId: 'AKIA33' })
  })

  test.each([
    ['no such profile', '[default]\n', /has no profile \[mine\]/],
    ['half a key', '[mine]\naws_access_key_id=AKIA1\n', /lacks aws_access_key_id or aws_secret_access_key/],
  ])('with %s is a fatal fault', async (_, content, message) => {
    const { read } = readerFor({ AWS_SHARED_CREDENTIALS_FILE: write(content), AWS_PROFILE: 'mine' })
    await expect(read()).rejects.toMatchObject({ fault: 'fatal', message: expect.stringMatching(message) })
  })
})

describe('a web identity', () => {
  const answerOf = (number: number): string =>
    `<AssumeRoleWithWebIdentityResponse><AssumeRoleWithWebIdentityResult><Credentials><AccessKeyId>ASIA${number}</AccessKeyId><SecretAccessKey>a/b+c=</SecretAccessKey><SessionToken>tok/${number}==</SessionToken><Expiration>2026-03-10T13:00:00Z</Expiration></Credentials></AssumeRoleWithWebIdentityResult></AssumeRoleWithWebIdentityResponse>`

  const envFor = (sts: string): Record<string, string> => {
    writeFileSync(join(folder, 'token'), 'web-token\n')
    return {
      AWS_WEB_IDENTITY_TOKEN_FILE: join(folder, 'token'),
      AWS_ROLE_ARN: 'arn:aws:iam::123456789012:role/archive',
      AWS_ENDPOINT_URL_STS: sts,
    }
  }

  test('is changed for a key of the role, which is renewed before it expires', async () => {
    const asked: string[] = []
    const sts = await server((_, body) => {
      asked.push(body)
      return { body: answerOf(asked.length) }
    })
    const { read, at } = readerFor(envFor(sts))
    expect(await read()).toMatchObject({
      accessKeyId: 'ASIA1',
      secretAccessKey: 'a/b+c=',
      sessionToken: 'tok/1==',
    })
    at(hour - 301_000)
    expect(await read()).toMatchObject({ accessKeyId: 'ASIA1' })
    at(hour - 299_000)
    expect(await read()).toMatchObject({ accessKeyId: 'ASIA2' })
    expect(Object.fromEntries(new URLSearchParams(asked[0]))).toMatchObject({
      Action: 'AssumeRoleWithWebIdentity',
      RoleArn: 'arn:aws:iam::123456789012:role/archive',
      WebIdentityToken: 'web-token',
    })
  })

  test('that is refused is a fatal fault without the token', async () => {
    const sts = await server(() => ({
      status: 403,
      body: '<ErrorResponse><Error><Code>AccessDenied</Code><Message>web-token may not</Message></Error></ErrorResponse>',
    }))
    const { read } = readerFor(envFor(sts))
    const found = await read().catch((error: unknown) => error)
    expect(found).toMatchObject({ fault: 'fatal', code: 'access_unavailable' })
    expect(String(found)).toContain('AccessDenied')
    expect(String(found)).not.toContain('web-token')
  })

  test('without a role is a problem', () => {
    const { problems } = s3AccessFromEnv({ AWS_WEB_IDENTITY_TOKEN_FILE: '/x' }, { region: 'eu-central-1' })
    expect(problems?.map(({ setting }) => setting)).toEqual(['AWS_ROLE_ARN'])
  })
})

describe('a role', () => {
  test('of a container is asked with its token', async () => {
    const asked: (string | undefined)[] = []
    const agent = await server((request) => {
      asked.push(`${request.url} ${request.headers.authorization}`)
      return { body: ofMachine(1) }
    })
    const { read, from } = readerFor({
      AWS_CONTAINER_CREDENTIALS_FULL_URI: `${agent}/v1/credentials`,
      AWS_CONTAINER_AUTHORIZATION_TOKEN: 'pod-token',
    })
    expect(await read()).toMatchObject({ accessKeyId: 'ASIA1', sessionToken: 'token-1' })
    expect(asked).toEqual(['/v1/credentials pod-token'])
    expect(from).toBe('the role of the container')
  })

  test('of a machine is asked by the second version of its metadata service', async () => {
    const asked: string[] = []
    const metadata = await server(({ method, url = '', headers }) => {
      asked.push(`${method} ${url} ${headers['x-aws-ec2-metadata-token'] ?? ''}`.trim())
      if (method === 'PUT') return { body: 'session' }
      return { body: url.endsWith('/archive-role') ? ofMachine(1) : 'archive-role' }
    })
    const { read } = readerFor({ AWS_EC2_METADATA_SERVICE_ENDPOINT: metadata })
    expect(await read()).toMatchObject({ accessKeyId: 'ASIA1' })
    expect(asked).toEqual([
      'PUT /latest/api/token',
      'GET /latest/meta-data/iam/security-credentials/ session',
      'GET /latest/meta-data/iam/security-credentials/archive-role session',
    ])
  })

  test('is asked again once a minute at most, although the store refuses its key', async () => {
    let asked = 0
    const agent = await server(() => {
      asked += 1
      return { body: ofMachine(asked) }
    })
    const { read, again, at } = readerFor({ AWS_CONTAINER_CREDENTIALS_FULL_URI: agent })
    await read()
    at(59_000)
    expect(await again()).toMatchObject({ accessKeyId: 'ASIA1' })
    at(61_000)
    expect(await again()).toMatchObject({ accessKeyId: 'ASIA2' })
  })

  test('whose service fails keeps its key until that expires', async () => {
    let isDown = false
    const agent = await server(() => (isDown ? { status: 500, body: '' } : { body: ofMachine(1) }))
    const { read, at } = readerFor({ AWS_CONTAINER_CREDENTIALS_FULL_URI: agent })
    await read()
    isDown = true
    at(hour - 1_000)
    expect(await read()).toMatchObject({ accessKeyId: 'ASIA1' })
    at(hour + 1_000)
    await expect(read()).rejects.toMatchObject({ fault: 'temporary', code: 'access_unavailable' })
  })
})
