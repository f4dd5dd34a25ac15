import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { AwsClient } from 'aws4fetch'
import { onTestFinished } from 'vitest'
import { versitygwPath } from '../../../../scripts/versitygw/location.ts'

const binary = versitygwPath(process.env)

/** Without the server, which `pnpm setup:versitygw` builds, its tests are skipped. */
export const noVersitygw: boolean = binary === undefined

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
  const root = mkdtempSync(join(tmpdir(), 'asana-audit-s3-'))
  for (const name of ['data', 'versions']) mkdirSync(join(root, name))
  const { accessKeyId, secretAccessKey } = access
  // The port was free a moment ago. Another process may take it first: then it is tried with another one.
  for (let attempt = 1; ; attempt += 1) {
    const port = await freePort()
    const child = spawn(
      binary!,
      [
        ...['--access', accessKeyId, '--secret', secretAccessKey, '--port', `127.0.0.1:${port}`, '--quiet'],
        ...['posix', '--versioning-dir', join(root, 'versions'), join(root, 'data')],
      ],
      { stdio: 'ignore' },
    )
    const endpoint = `http://127.0.0.1:${port}`
    if (await answers(endpoint, child)) {
      onTestFinished(async () => {
        const ended = once(child, 'exit')
        child.kill('SIGKILL')
        await ended
        rmSync(root, { recursive: true, force: true })
      })
      await makeBucket(endpoint, 'evidence', lock)
      return { endpoint, bucket: 'evidence', folder: join(root, 'data/evidence') }
    }
    if (attempt === 5) throw new Error('versitygw does not start.')
  }
}

async function freePort(): Promise<number> {
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  return port
}

/** False if it ends without having answered. */
async function answers(endpoint: string, child: ChildProcess): Promise<boolean> {
  while (child.exitCode === null) {
    try {
      await fetch(endpoint)
      return true
    } catch {
      await new Promise((resolve) => setImmediate(resolve))
    }
  }
  return false
}

/** A request with the key of the owner. `path`: of the bucket or an object in it. */
export function asOwner(
  method: 'DELETE' | 'GET' | 'PUT',
  endpoint: string,
  path: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<Response> {
  const client = new AwsClient({ ...access, service: 's3', region: 'us-east-1', retries: 0 })
  return client.fetch(`${endpoint}/${path}`, { method, headers })
}

async function makeBucket(endpoint: string, bucket: string, lock: boolean): Promise<void> {
  const headers = lock ? { 'x-amz-bucket-object-lock-enabled': 'true' } : {}
  const answer = await asOwner('PUT', endpoint, bucket, headers)
  if (!answer.ok) throw new Error(await answer.text())
}
