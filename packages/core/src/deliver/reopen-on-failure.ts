import type { Batch, Cursor, Identified, Source } from '../contract.ts'
import { type RetryPolicy, retry } from '../retry.ts'
import { checkBatch, checkResult, iteratorOf } from './check-batch.ts'

/**
 * Yields the checked batches of a source. After a failure it opens the source again, after the last batch. If closing the source
 * fails too, this throws the first fault: that one is the cause.
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
