import type { Batch, Cursor, Identified, Source } from '../contract.ts'
import { type RetryPolicy, retry } from '../retry.ts'
import { checkBatch, checkResult, iteratorOf } from './check-batch.ts'

/**
 * The checked batches of a source. After a failure the source is opened again after the last batch it gave. If closing the source
 * fails too, the earlier fault is the one to know.
 */
export async function* reopenOnFailure<E extends Identified>(
  source: Source<E>,
  start: Cursor | undefined,
  retryPolicy: RetryPolicy,
): AsyncGenerator<Batch<E>> {
  let cursor = start
  let batches: AsyncIterator<Batch<E>> | undefined
  let hasFailed = false
  const close = async (): Promise<unknown> => batches?.return?.()
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
      if (result.done) {
        batches = undefined
        return
      }
      checkBatch(result.value)
      cursor = result.value.cursor
      yield result.value
    }
  } catch (error) {
    hasFailed = true
    throw error
  } finally {
    await (hasFailed ? close().catch(() => {}) : close())
  }
}
