import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { AwsClient } from 'aws4fetch'
import { onTestFinished } from 'vitest'
import { versitygwPath } from '../../../../scripts/versitygw/location.ts'
import { runVersitygw } from '../../../../scripts/versitygw/run-versitygw.ts'

const binary = versitygwPath(process.env)
const isRequired = process.env['REQUIRE_VERSITYGW'] === '1'

/** Where the server is not to be had, its tests are skipped, and said to be. With `REQUIRE_VERSITYGW=1` they run and fail instead. */
export const noVersitygw: boolean = binary === undefined && !isRequired

if (noVersitygw)
  process.stdout.write('Skipping tests that need versitygw: `pnpm setup:versitygw` builds it for them.\n')

export const access = { accessKeyId: 'archive-test', secretAccessKey: 'archive-s3cret' }

/** A store that speaks S3, with one bucket, for one test. */
export interface Versitygw {
  readonly endpoint: string
  readonly bucket: string
  /** The folder of the bucket: its objects are files. */
  readonly folder: string
}

/** `lock`: the bucket is made with object lock, as AWS makes one. */
export async function startVersitygw({ lock = false } = {}): Promise<Versitygw> {
  if (binary === undefined)
    throw new Error('versitygw is not to be had: run `pnpm setup:versitygw`, or set VERSITYGW_BIN.')
  const root = mkdtempSync(join(tmpdir(), 'asana-audit-s3-'))
  for (const name of ['data', 'versions']) mkdirSync(join(root, name))
  const folder = join(root, 'data/evidence')
  const { endpoint, stop } = await runVersitygw({
    ...{ binary, access, data: join(root, 'data'), versions: join(root, 'versions') },
    prepare: async (at) => (await makeBucket(at, 'evidence', lock)) && existsSync(folder),
  })
  onTestFinished(async () => {
    await stop()
    rmSync(root, { recursive: true, force: true })
  })
  return { endpoint, bucket: 'evidence', folder }
}

/** A request with the key of the owner. `path`: of the bucket or an object in it. */
export function asOwner(
  method: 'DELETE' | 'GET' | 'PUT',
  endpoint: string,
  path: string,
  headers: Readonly<Record<string, string>> = {},
  body?: string,
): Promise<Response> {
  const client = new AwsClient({ ...access, service: 's3', region: 'us-east-1', retries: 0 })
  return client.fetch(`${endpoint}/${path}`, { method, headers, body: body ?? null })
}

/** Rejects if the store does not take it. */
export async function setVersioning(
  endpoint: string,
  bucket: string,
  status: 'Enabled' | 'Suspended',
): Promise<void> {
  const body = `<VersioningConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Status>${status}</Status></VersioningConfiguration>`
  const { ok } = await asOwner('PUT', endpoint, `${bucket}?versioning`, {}, body)
  if (!ok) throw new Error(`The store does not set versioning to ${status}.`)
}

/** False if it refuses. */
async function makeBucket(endpoint: string, bucket: string, lock: boolean): Promise<boolean> {
  const headers = lock ? { 'x-amz-bucket-object-lock-enabled': 'true' } : {}
  return (await asOwner('PUT', endpoint, bucket, headers)).ok
}
