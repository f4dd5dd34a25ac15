import type { ClosableSink, Identified } from '@asana-audit/core'
import { onTestFinished } from 'vitest'
import { archiveSink, type S3StoreOptions, s3Store } from '../../src/index.ts'
import { access, type Versitygw } from './versitygw.ts'

/** A sink for an archive in the bucket, closed after the test. */
export function archiveInBucket(
  { endpoint, bucket }: Pick<Versitygw, 'endpoint' | 'bucket'>,
  store: Partial<S3StoreOptions> = {},
): ClosableSink<Identified> {
  const inBucket = s3Store({ endpoint, bucket, prefix: 'audit/asana', access, ...store })
  const sink = archiveSink({ store: inBucket, lane: 'test' })
  onTestFinished(() => sink.close())
  return sink
}
