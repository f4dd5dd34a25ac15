import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { gidsIn } from '../../../../archive/test/support/archive-folder.ts'
import { faultyProxy, s3Error } from '../../../../archive/test/support/faulty-proxy.ts'
import {
  access,
  noVersitygw,
  setVersioning,
  startVersitygw,
  type Versitygw,
} from '../../../../archive/test/support/versitygw.ts'
import { certificate } from '../../../../core/test/support/certificates.ts'
import { recordingProxy } from '../../../../core/test/support/recording-proxy.ts'
import { archiveScene } from '../../support/archive-scene.ts'
import { type Ran, runCommand } from '../../support/run-command.ts'

const { file, env: asana, inYaml } = archiveScene()

/** With the key of the store. */
const env = (
  { endpoint }: Pick<Versitygw, 'endpoint'>,
  more: Record<string, string> = {},
): Record<string, string> => ({
  ...asana(),
  AWS_ENDPOINT_URL_S3: endpoint,
  AWS_ACCESS_KEY_ID: access.accessKeyId,
  AWS_SECRET_ACCESS_KEY: access.secretAccessKey,
  ...more,
})
const to = ['--to', 'archive:s3://evidence/asana']

describe.skipIf(noVersitygw)('a bucket', () => {
  test('gets every event once, also after a rewind, and archive verify reads it', async () => {
    const store = await startVersitygw()
    expect((await runCommand(['run', '--once', ...to], env(store))).code).toBe(0)
    await runCommand(['state', 'rewind', '--to', '60d'], env(store))
    expect((await runCommand(['run', '--once', ...to], env(store))).code).toBe(0)
    const gids = await gidsIn(join(store.folder, 'asana'))
    expect(gids).toHaveLength(300)
    expect(new Set(gids).size).toBe(300)
    const { code, stdout } = await runCommand(['archive', 'verify', 's3://evidence/asana'], env(store))
    expect(stdout).toContain('300 events in')
    expect(code).toBe(0)
  })

  test('that has a fault once is verified all the same, and the fault is told', async () => {
    const store = await startVersitygw()
    expect((await runCommand(['run', '--once', ...to], env(store))).code).toBe(0)
    let isOver = false
    const { endpoint } = await faultyProxy(store.endpoint, ({ path }) => {
      if (isOver || !path.includes('/event/')) return 'pass'
      isOver = true
      return s3Error(503, 'SlowDown')
    })
    const ran = await runCommand(['archive', 'verify', 's3://evidence/asana'], env({ endpoint }))
    expect(ran.stderr.replaceAll(/\s+/g, ' ')).toMatch(
      /! s3:\/\/\S+ answered 503 \(SlowDown\)\. It is tried again\./,
    )
    expect(ran.stdout).toContain('300 events in')
    expect(ran.code).toBe(0)
  })

  test('is described by YAML, with the key of a profile', async () => {
    const store = await startVersitygw()
    const { accessKeyId, secretAccessKey } = access
    writeFileSync(
      file('credentials'),
      `[audit]\naws_access_key_id=${accessKeyId}\naws_secret_access_key=${secretAccessKey}\n`,
    )
    const config = inYaml(
      `{ location: "s3://evidence/asana", endpoint: "${store.endpoint}", path_style: true }`,
    )
    const profile = { AWS_PROFILE: 'audit', AWS_SHARED_CREDENTIALS_FILE: file('credentials') }
    const { code, stderr } = await runCommand(['run', '--once', '--config', config], {
      ...asana(),
      ...profile,
    })
    expect(stderr).not.toContain(secretAccessKey)
    expect(code).toBe(0)
    expect(await gidsIn(join(store.folder, 'asana'))).toHaveLength(300)
  })

  test('behind TLS with a CA of its own is reached through the proxy of the environment', async () => {
    const store = await startVersitygw()
    const tls = await certificate()
    const { endpoint } = await faultyProxy(store.endpoint, () => 'pass', undefined, tls)
    await using proxy = await recordingProxy()
    writeFileSync(file('ca.pem'), tls.cert)
    const through = { HTTPS_PROXY: `http://${proxy.host}` }
    const untrusted = await runCommand(['run', '--once', ...to], env({ endpoint }, through))
    expect(untrusted.stderr).toContain('certificate')
    expect(untrusted.code).toBe(1)
    const trusting = env({ endpoint }, { ...through, AWS_CA_BUNDLE: file('ca.pem') })
    expect((await runCommand(['run', '--once', ...to], trusting)).code).toBe(0)
    expect(await gidsIn(join(store.folder, 'asana'))).toHaveLength(300)
    expect(new Set(proxy.seen)).toEqual(new Set([`CONNECT ${new URL(endpoint).host}`]))
  })

  describe('in check', () => {
    const check = async (given: Record<string, string>, words = to): Promise<unknown> => {
      const { stdout } = await runCommand(['check', '--json', ...words], given)
      return (JSON.parse(stdout) as { what: string }[]).find(({ what }) => what === 'archive')
    }

    test('can be listed, and nothing is written', async () => {
      const store = await startVersitygw()
      const found = await check(env(store))
      expect(found).toMatchObject({ ok: true, message: expect.stringContaining('holds no archive yet') })
      expect(found).toMatchObject({ message: expect.stringContaining('The key is from AWS_ACCESS_KEY_ID') })
      expect(await gidsIn(store.folder)).toEqual([])
    })

    test.each([
      ['a wrong secret', { AWS_SECRET_ACCESS_KEY: 'wrong-s3cret' }, 'unauthorized'],
      ['a wrong region', { AWS_REGION: 'eu-central-1' }, 'wrong_region'],
    ])('names %s', async (_, more, code) => {
      const store = await startVersitygw()
      const found = await check(env(store, more))
      expect(found).toMatchObject({ ok: false, code })
      expect(JSON.stringify(found)).not.toContain('s3cret')
    })

    test('has to have object lock if a lock is asked for', async () => {
      const config = inYaml('{ location: "s3://evidence/asana", lock_mode: governance, lock_days: 30 }')
      const without = await startVersitygw()
      const words = ['--config', config]
      expect(await check(env(without), words)).toMatchObject({ ok: false, code: 'lock_not_enabled' })
      const locking = await startVersitygw({ lock: true })
      const found = await check(env(locking), words)
      expect(found).toMatchObject({ ok: true, message: expect.stringContaining('It has object lock') })
    })

    test.each([
      ['keeps versions', 'pass', 'Enabled', 'It keeps versions of objects.'],
      ['keeps none', 'pass', undefined, 'Turn on versioning for the bucket, or better object lock.'],
      ['keeps only versions from before', 'pass', 'Suspended', 'Versioning of the bucket is suspended'],
      [
        'does not answer about versions',
        'refuse',
        undefined,
        'is not known: the key may not ask (s3:GetBucketVersioning)',
      ],
    ] as const)('says of a bucket that it %s', async (_, answers, status, said) => {
      const store = await startVersitygw()
      if (status) await setVersioning(store.endpoint, store.bucket, status)
      const { endpoint } = await faultyProxy(store.endpoint, ({ path }) =>
        answers === 'refuse' && path.includes('versioning') ? s3Error(403, 'AccessDenied') : 'pass',
      )
      expect(await check(env({ endpoint }))).toMatchObject({
        ok: true,
        message: expect.stringContaining(said),
      })
    })

    test('names the right to list that is missing', async () => {
      const store = await startVersitygw()
      const denied = s3Error(403, 'AccessDenied', 'not authorized to perform: s3:ListBucket')
      const { endpoint } = await faultyProxy(store.endpoint, ({ path }) =>
        path.includes('list-type') ? denied : 'pass',
      )
      expect(await check(env({ endpoint }))).toMatchObject({
        ...{ ok: false, code: 'forbidden' },
        message: expect.stringContaining('Allow this key s3:PutObject, s3:GetObject and s3:ListBucket'),
      })
    })

    test('names a bucket that is not there', async () => {
      const store = await startVersitygw()
      const words = ['--to', 'archive:s3://not-there/asana']
      expect(await check(env(store), words)).toMatchObject({ ok: false, code: 'no_bucket' })
    })
  })
})

describe('wrong settings of a bucket', () => {
  const run = (map: string, more: Record<string, string> = {}): Promise<Ran> =>
    runCommand(['run', '--once', '--config', inYaml(map)], env({ endpoint: 'http://127.0.0.1:9' }, more))

  test.each([
    ['{ location: "s3://" }', 'archive.location'],
    ['{ location: "s3://No_Bucket/x" }', 'archive.location'],
    ['{ location: "s3://evidence", region: "eu central" }', 'archive.region'],
    ['{ location: "s3://evidence", endpoint: "http://s3.example" }', 'archive.endpoint'],
    ['{ location: "s3://evidence", endpoint: "s3.example" }', 'archive.endpoint'],
    ['{ location: "s3://evidence", ca_file: none.pem }', 'archive.ca_file'],
    ['{ location: "s3://evidence", path_style: often }', 'archive.path_style'],
    ['{ location: folder, region: eu-central-1 }', 'archive.region'],
    ['{ location: "s3://evidence", storage_class: glacier }', 'archive.storage_class'],
    ['{ location: "s3://evidence", lock_mode: forever, lock_days: 3 }', 'archive.lock_mode'],
    ['{ location: "s3://evidence", lock_mode: compliance }', 'archive.lock_days'],
    ['{ location: "s3://evidence", kms_key: "a b" }', 'archive.kms_key'],
    ['{ location: folder, tags: { a: b } }', 'archive.tags'],
  ])('are named with their path: %s', async (map, setting) => {
    const { code, stderr } = await run(map)
    expect(code).toBe(2)
    expect(stderr).toContain(setting)
  })

  test('two pipelines with one bucket and prefix are refused, also if these are written differently', async () => {
    const words = [...to, '--to', 'archive:S3://evidence/asana/']
    const { code, stderr } = await runCommand(
      ['run', '--once', ...words],
      env({ endpoint: 'http://127.0.0.1:9' }),
    )
    expect(code).toBe(2)
    expect(stderr).toContain('Give each pipeline its own archive')
  })

  test('two stores may have a bucket of one name', async () => {
    const pipeline = (port: number): string =>
      `  - name: at-${port}\n    workspace: "1"\n    to: { archive: { location: "s3://evidence/asana", endpoint: "http://127.0.0.1:${port}" } }\n`
    writeFileSync(file('two.yaml'), `pipelines:\n${pipeline(1)}${pipeline(2)}`)
    const { code } = await runCommand(['config', 'check', file('two.yaml')], env({ endpoint: '' }))
    expect(code).toBe(0)
  })

  test.each([
    [{ AWS_ACCESS_KEY_ID: '' }, 'AWS_ACCESS_KEY_ID'],
    [{ AWS_REGION: 'eu central' }, 'AWS_REGION'],
    [{ AWS_CA_BUNDLE: '/none.pem' }, 'AWS_CA_BUNDLE'],
  ])('in the environment are named: %j', async (more, setting) => {
    const { code, stderr } = await run('{ location: "s3://evidence" }', more)
    expect(code).toBe(2)
    expect(stderr).toContain(setting)
    expect(stderr).not.toContain(access.secretAccessKey)
  })
})
