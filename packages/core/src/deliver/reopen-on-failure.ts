import type { Batch, Cursor, Identified, Source } from '../contract.ts'
import { type RetryPolicy, retry } from '../retry.ts'
import { checkBatch, checkResult, iteratorOf } from './check-batch.ts'

/** The checked batches of a source. After a failure the source is opened again after the last batch it gave. */
export async function* reopenOnFailure<E extends Identified>(
  source: Source<E>,
  start: Cursor | undefined,
  retryPolicy: RetryPolicy,
): AsyncGenerator<Batch<E>> {
  let cursor = start
  let batches: AsyncIterator<Batch<E>> | undefined
  try {
    for (;;) {
      const result = await retry(async () => {
        batches ??= iteratorOf(source.read(cursor, retryPolicy.signal))
        try {
          return await batches.next()
        } catch (error) {
          batches = undefined
          throw error
        }
      }, retryPolicy)
      checkResult(result)
      if (result.done) return
      checkBatch(result.value)
      cursor = result.value.cursor
      yield result.value
    }
  } finally {
    await batches?.return?.()
  }
}
