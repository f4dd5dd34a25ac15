import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type PostgresPassword, type PostgresState, postgresState } from '@asana-audit/core/postgres-state'
import { Client } from 'pg'
import { afterAll, describe, expect, onTestFinished, vi } from 'vitest'
import { startOwnPostgres } from '../../../../../test/support/postgres/start-postgres.ts'
import { ownPostgresOfFile, testWithOwnPostgres as test } from '../../../../../test/support/postgres/suite.ts'
import { authority, certificate } from '../../support/certificates.ts'

const secret = 'a secret with: a colon'
const folder = mkdtempSync(join(tmpdir(), 'asana-audit-connection-'))
afterAll(() => rmSync(folder, { recursive: true }))

const own = ownPostgresOfFile(
  async () => {
    const [ca, otherCa] = [await authority('ours'), await authority('another')]
    const { cert, key } = await certificate({ issuer: ca })
    writeFileSync(join(folder, 'ca.pem'), ca.cert)
    writeFileSync(join(folder, 'other.pem'), otherCa.cert)
    return {
      settings: { ssl: 'on', max_connections: '14', superuser_reserved_connections: '6' },
      files: { 'server.crt': cert, 'server.key': key },
      hba: [
        'hostssl all only_tls 127.0.0.1/32 trust',
        'host all only_tls all reject',
        'hostnossl all only_plain 127.0.0.1/32 trust',
        'host all only_plain all reject',
        'host all with_password 127.0.0.1/32 scram-sha-256',
      ],
    }
  },
  async ({ url }) => {
    for (const role of ['only_tls', 'only_plain', 'without_rights'])
      await admin(`create role ${role} login`, url)
    await admin(`create role with_password login password '${secret}'`, url)
  },
)

async function admin<T>(text: string, url = own().url): Promise<T[]> {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query(text)).rows as T[]
  } finally {
    await client.end()
  }
}

/** As the administrator of the server. */
function inDatabase({ pathname }: URL): string {
  const url = new URL(own().url)
  url.pathname = pathname
  return url.href
}

/** The address of a new database that belongs to a user. */
async function databaseOf(user: string, host = 'localhost'): Promise<URL> {
  const url = new URL(await own().createDatabase())
  await admin(`alter database "${url.pathname.slice(1)}" owner to ${user}`)
  url.username = user
  url.hostname = host
  return url
}

async function opened(url: URL, password?: PostgresPassword): Promise<PostgresState> {
  const state = await postgresState({ url: url.href, password })
  onTestFinished(() => state.close())
  return state
}

/** Whether the connections to this database are encrypted. */
async function isEncrypted({ pathname }: URL): Promise<boolean> {
  const rows = await admin<{ ssl: boolean }>(
    `select distinct ssl from pg_stat_ssl join pg_stat_activity using (pid) where datname = '${pathname.slice(1)}'`,
  )
  expect(rows).toHaveLength(1)
  return rows[0]!.ssl
}

describe('TLS:', () => {
  test.each([
    ['disable', 'only_plain', false],
    ['allow', 'only_plain', false],
    ['allow', 'only_tls', true],
    ['prefer', 'only_tls', true],
    ['prefer', 'only_plain', false],
    ['require', 'only_tls', true],
  ])('sslmode=%s with a server that takes %s', async (mode, user, encrypted) => {
    const url = await databaseOf(user)
    url.searchParams.set('sslmode', mode)
    await opened(url)
    expect(await isEncrypted(url)).toBe(encrypted)
  })

  test.each([
    ['verify-ca', 'localhost', 'ca.pem'],
    ['verify-ca', '127.0.0.1', 'ca.pem'],
    ['verify-full', 'localhost', 'ca.pem'],
    ['require', '127.0.0.1', 'ca.pem'],
  ])('sslmode=%s takes the server at %s with its CA', async (mode, host, ca) => {
    const url = await databaseOf('only_tls', host)
    url.searchParams.set('sslmode', mode)
    url.searchParams.set('sslrootcert', join(folder, ca))
    await opened(url)
    expect(await isEncrypted(url)).toBe(true)
  })

  test.each([
    ['verify-full', '127.0.0.1', 'ca.pem', 'is for another name'],
    ['verify-full', 'localhost', 'other.pem', 'not trusted'],
    ['verify-ca', 'localhost', 'other.pem', 'not trusted'],
    ['verify-full', 'localhost', undefined, 'not trusted'],
    ['require', 'localhost', 'other.pem', 'not trusted'],
  ])('sslmode=%s refuses the server at %s with the CA %s: it %s', async (mode, host, ca, why) => {
    const url = await databaseOf('only_tls', host)
    url.searchParams.set('sslmode', mode)
    if (ca !== undefined) url.searchParams.set('sslrootcert', join(folder, ca))
    const refused = await opened(url).catch((error: unknown) => error)
    expect(refused).toMatchObject({ fault: 'fatal', code: 'state_tls' })
    expect(String(refused)).toContain(why)
  })

  test('a server without TLS is refused where TLS is required, and taken where it is only preferred', async () => {
    const plain = await startOwnPostgres()
    onTestFinished(() => plain[Symbol.asyncDispose]())
    const url = new URL(plain.url)
    url.searchParams.set('sslmode', 'require')
    await expect(opened(url)).rejects.toMatchObject({ fault: 'fatal', code: 'state_tls' })
    url.searchParams.set('sslmode', 'prefer')
    await opened(url)
  })
})

describe('the password:', () => {
  test('from the address, a text or a function', async () => {
    const url = await databaseOf('with_password')
    await opened(url, secret)
    await opened(url, async () => secret)
    url.password = secret
    await opened(url)
  })

  test.each([
    ['a wrong one', 'wrong'],
    ['an empty one', ''],
  ])('%s is refused, and is in no message', async (_, password) => {
    const url = await databaseOf('with_password')
    url.password = secret
    const refused = await opened(url, () => password).catch((error: unknown) => error)
    expect(refused).toMatchObject({ fault: 'fatal', code: 'state_refused' })
    expect(String(refused)).toContain('with_password@localhost')
    for (const hidden of [secret, encodeURIComponent(secret), 'wrong'])
      expect(String(refused)).not.toContain(hidden)
  })

  test('that changed is asked for again with the next connection', async () => {
    const url = await databaseOf('with_password')
    let now = secret
    const state = await opened(url, () => now)
    await admin(`alter role with_password password 'another'`)
    now = 'another'
    await state.claim('main')
    await Promise.all([1, 2, 3].map(() => state.lanes()))
    await admin(`alter role with_password password '${secret}'`)
  })
})

test.each([
  ['a user without rights', { username: 'without_rights' }, 'state_refused', 'GRANT CREATE'],
  ['a database that is not there', { pathname: '/none' }, 'state_unusable', 'createdb'],
])('%s is refused with what to do', async (_, change, code, step) => {
  const url = Object.assign(await databaseOf('postgres'), change)
  const refused = await opened(url).catch((error: unknown) => error)
  expect(refused).toMatchObject({ fault: 'fatal', code })
  expect(String(refused)).toContain(step)
})

test('a user who lacks the tables of another is told what their owner grants, and not to create any', async () => {
  const url = await databaseOf('postgres')
  await opened(url)
  const refused = await opened(Object.assign(url, { username: 'without_rights' })).catch(String)
  expect(refused).toContain('Let the owner of the schema asana_audit grant it USAGE on that schema')
  expect(refused).not.toContain('CREATE')
})

test('a database without a connection left is busy, until there is one again', async () => {
  const url = await databaseOf('without_rights')
  url.username = 'without_rights'
  const others: Client[] = []
  const fill = async (): Promise<void> => {
    for (;;) {
      const client = new Client({ connectionString: url.href })
      try {
        await client.connect()
      } catch {
        return
      }
      others.push(client)
    }
  }
  await fill()
  await expect(opened(url)).rejects.toMatchObject({ fault: 'temporary', code: 'state_busy' })
  await Promise.all(others.map((client) => client.end()))
  const state = await vi.waitFor(() => opened(url), { timeout: 300_000 })
  const lane = await (await state.claim('main')).lane('live', 'f')
  await lane.commit({ cursor: 'a', delivered: [], quarantined: [] })
})

test('a server that crashes and comes back interrupts commits, and the claim goes on', async () => {
  const url = await databaseOf('postgres')
  const state = await opened(url)
  const lane = await (await state.claim('main')).lane('live', 'f')
  await lane.commit({ cursor: 'a', delivered: [], quarantined: [] })
  await own().stop('immediate')
  const commit = { cursor: 'b', delivered: [], quarantined: [] }
  await expect(lane.commit(commit)).rejects.toMatchObject({ fault: 'temporary', code: 'state_unreachable' })
  await own().start()
  await lane.commit(commit)
  expect(await lane.load()).toBe('b')
  await expect.poll(() => state.isRunning('main')).toBe(true)
})

test('a full disk of the server fails the whole commit with the next step, and it goes through once there is room', async () => {
  const url = await databaseOf('postgres')
  const lane = await (await (await opened(url)).claim('main')).lane('live', 'f')
  await admin(
    `create function full_disk() returns trigger language plpgsql as $$ begin
       raise exception 'could not extend file' using errcode = 'disk_full'; end $$;
     create trigger full_disk before insert on asana_audit.ledger execute function full_disk()`,
    inDatabase(url),
  )
  const commit = {
    cursor: 'a',
    delivered: [{ id: '1', at: Date.parse('2026-02-01T10:00:00Z') }],
    quarantined: [],
  }
  await expect(lane.commit(commit)).rejects.toMatchObject({ fault: 'fatal', code: 'disk_full' })
  expect(await lane.load()).toBeUndefined()
  expect(await lane.known(['1'])).toEqual(new Set())
  await admin('drop trigger full_disk on asana_audit.ledger', inDatabase(url))
  await lane.commit(commit)
  expect(await lane.load()).toBe('a')
})

test.each([
  ['mysql://a@b/c', 'cannot be read'],
  ['postgres://a:b@c:99999/d', 'cannot be read'],
  ['postgres://a@b,c/d', 'several hosts'],
  ['postgres://a@b/d?sslmode=sometimes', 'verify-full'],
  ['postgres://a@b/d?pool_size=3', 'pool_size'],
  ['postgres://a@b/d?sslcert=x', 'sslkey'],
  ['postgres://a@b/d?sslmode=verify-full&sslrootcert=/no/such.pem', 'ENOENT'],
  ['postgres://a@b/d?connect_timeout=soon', 'connect_timeout'],
  ['postgres://a%zz@b/d', '%25'],
])('the address %s is refused: %s', async (url, why) => {
  const refused = await postgresState({ url }).catch((error: unknown) => error)
  expect(refused).toMatchObject({ fault: 'fatal', code: 'bad_state_address' })
  expect(String(refused)).toContain(why)
})

test('a socket of the file system can be the host', async () => {
  const { port } = new URL(own().url)
  const { pathname } = new URL(await own().createDatabase())
  const query = new URLSearchParams({ host: own().folder, port, user: 'postgres' })
  await opened(new URL(`postgres://${pathname}?${query}`))
})
