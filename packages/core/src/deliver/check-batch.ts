import { parseMillis } from '@asana-audit/schema/lossless'
import type { Batch, Identified, Source } from '../contract.ts'
import { type Fault, fault } from '../fault.ts'

/** What `read` promises to give, before anything of it is asked for. */
export function iteratorOf<E>(batches: AsyncIterable<Batch<E>>): AsyncIterator<Batch<E>> {
  if (typeof Object(batches)[Symbol.asyncIterator] !== 'function')
    throw broken(
      '`read` gave nothing that `for await` could read',
      'Make it an async generator, as in async *read(cursor, signal) { yield batch }',
    )
  return batches[Symbol.asyncIterator]()
}

/** What `next` promises: a batch or the end. */
export function checkResult(result: IteratorResult<unknown>): void {
  if (Object(result) !== result)
    throw broken(
      'The iterator of `read` gave no result',
      'Let `next` resolve with { value } or { done: true }',
    )
}

/** What a source promises of each batch, checked once, where it comes in: code without types may have made it. */
export function checkBatch(batch: Batch<Identified>): void {
  const { cursor, events, malformed, bytes } = Object(batch) as Batch<Identified>
  if (typeof cursor !== 'string' || cursor === '')
    throw broken(
      'A batch came without a cursor',
      'Give each batch the text from which `read` goes on after it',
    )
  if (!Array.isArray(events))
    throw broken('A batch came without events', 'Give each batch a list of them, empty where there are none')
  if (!Array.isArray(malformed) || !malformed.every((one) => typeof one?.reason === 'string'))
    throw broken(
      'A batch came without `malformed`',
      'Give each batch a list of what could not be read as an event, each with `raw` and `reason`, empty where there is none',
    )
  if (bytes !== undefined && !(typeof bytes === 'number' && bytes >= 0))
    throw broken('A batch came with `bytes` that are no number', 'Give the size of the page, or leave it out')
  for (const event of events) checkEvent(event)
}

export function checkEvent(event: Identified): void {
  const { gid, created_at: createdAt } = Object(event) as Partial<Identified>
  if (typeof gid !== 'string' || gid === '')
    throw broken('An event came without a gid', `Give each event its id as a text, ${orMalformed}`)
  if (typeof createdAt !== 'string' || parseMillis(createdAt) === undefined)
    throw broken(
      `The event ${gid} came with the created_at ${JSON.stringify(createdAt)}`,
      `Give each event the time it happened (RFC 3339, as 2026-02-01T09:00:00Z), ${orMalformed}`,
    )
}

/** Milliseconds since 1970; undefined where a source starts at the oldest event there is. */
export function startOf({ since }: Pick<Source<unknown>, 'since'>): number | undefined {
  if (since === undefined) return undefined
  const at = typeof since === 'string' ? parseMillis(since) : undefined
  if (at !== undefined) return at
  throw broken(
    `The source has the \`since\` ${JSON.stringify(since)}`,
    'Give it the time (RFC 3339, as 2026-02-01T09:00:00Z) where it starts without a cursor, or leave it out',
  )
}

const orMalformed = 'or put it into `malformed`'

/** Final: what made the batch makes it again. Nothing of the batch was written, and the cursor is before it. */
function broken(what: string, step: string): Fault {
  const message = `${what}, which breaks the contract of a source. ${step}.`
  return fault({ fault: 'fatal', final: true, code: 'source_contract', message })
}
