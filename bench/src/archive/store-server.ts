import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { CreateBucketCommand } from '@aws-sdk/client-s3'
import { versitygwPath } from '../../../scripts/versitygw/location.ts'
import { benchBucket, sdkClient, storeAccess } from './store-access.ts'

export interface StoreServer {
  readonly endpoint: string
  /** The folder of the bucket: its objects are files. */
  readonly folder: string
  stop(): Promise<void>
}

/** A store that speaks S3 over a folder, with an empty bucket. Rejects where it was not built. */
export async function startStoreServer(root: string): Promise<StoreServer> {
  const binary = versitygwPath(process.env)
  if (binary === undefined) throw new Error('no versitygw: pnpm setup:versitygw builds it')
  mkdirSync(join(root, 'data'))
  const { accessKeyId, secretAccessKey } = storeAccess
  const port = await freePort()
  const child = spawn(
    binary,
    [
      ...['--access', accessKeyId, '--secret', secretAccessKey, '--port', `127.0.0.1:${port}`, '--quiet'],
      ...['posix', join(root, 'data')],
    ],
    { stdio: 'ignore' },
  )
  // Without its parent nobody ends it.
  const kill = (): void => void child.kill('SIGKILL')
  process.once('exit', kill)
  const endpoint = `http://127.0.0.1:${port}`
  await answering(endpoint, child)
  const client = sdkClient(endpoint)
  await client.send(new CreateBucketCommand({ Bucket: benchBucket }))
  client.destroy()
  return {
    endpoint,
    folder: join(root, 'data', benchBucket),
    async stop() {
      process.removeListener('exit', kill)
      const ended = once(child, 'exit')
      kill()
      await ended
    },
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

async function answering(endpoint: string, child: ChildProcess): Promise<void> {
  while (child.exitCode === null) {
    const answer = await fetch(endpoint).catch(() => undefined)
    if (answer) return
    await pause(20)
  }
  throw new Error('versitygw does not start')
}
