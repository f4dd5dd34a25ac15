import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { CreateBucketCommand } from '@aws-sdk/client-s3'
import { versitygwPath } from '../../../scripts/versitygw/location.ts'
import { type RunningVersitygw, runVersitygw } from '../../../scripts/versitygw/run-versitygw.ts'
import { benchBucket, sdkClient, storeAccess } from './store-access.ts'

export interface StoreServer extends RunningVersitygw {
  /** The folder of the bucket: its objects are files. */
  readonly folder: string
}

/** A store that speaks S3 over a folder, with an empty bucket. Rejects where it was not built. */
export async function startStoreServer(root: string): Promise<StoreServer> {
  const binary = versitygwPath(process.env)
  if (binary === undefined) throw new Error('no versitygw: pnpm setup:versitygw builds it')
  const data = join(root, 'data')
  mkdirSync(data)
  const folder = join(data, benchBucket)
  const server = await runVersitygw({
    ...{ binary, data, access: storeAccess },
    async prepare(endpoint) {
      const client = sdkClient(endpoint)
      await client.send(new CreateBucketCommand({ Bucket: benchBucket })).catch(() => undefined)
      client.destroy()
      return existsSync(folder)
    },
  })
  return { ...server, folder }
}
