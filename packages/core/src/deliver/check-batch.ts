import { parseMillis } from '@asana-audit/schema/lossless'
import type { Batch, Identified, Identity, Source } from '../contract.ts'
import { type Fault, fault } from '../fault.ts'

/** Checks what `read` returned, before the first batch is requested. */
export function iteratorOf<E>(batches: AsyncIterable<Batch<E>>): AsyncIterator<Batch<E>> {
  if (typeof Object(batches)[Symbol.asyncIterator] !== 'function')
    throw broken(
      '`read` returned something that `for await` cannot read',
      'Make it an async generator, as in async *read(cursor, signal) { yield batch }',
    )
  return batches[Symbol.asyncIterator]()
}

/** Checks what `next` resolved with: a batch or the end. */
export function checkResult(result: IteratorResult<unknown>): void {
  if (Object(result) !== result)
    throw broken(
      'The iterator of `read` gave no result',
      'Let `next` resolve with { value } or { done: true }',
    )
}

/** Checks once, on entry, what a source promises of each batch: it may come from code without types. */
export function checkBatch(batch: Batch<Identified>): void {
  const { cursor, events, identities, malformed, bytes, nextInMs, readBy, receivedAt } = Object(
    batch,
  ) as Batch<Identified>
  if (typeof cursor !== 'string' || cursor === '')
    throw broken(
      'A batch came without a cursor',
      'Give each batch the text with which `read` continues after it',
    )
  if (!Array.isArray(events))
    throw broken('A batch came without events', 'Give each batch a list of events, which may be empty')
  if (!Array.isArray(malformed) || !malformed.every((one) => typeof one?.reason === 'string'))
    throw broken(
      'A batch came without `malformed`',
      'Give each batch a list of what could not be read as an event, each with `raw` and `reason`. The list may be empty',
    )
  if (bytes !== undefined && !(typeof bytes === 'number' && bytes >= 0))
    throw broken(
      'A batch came with `bytes` that are not a number',
      'Give the size of the page, or leave it out',
    )
  if (nextInMs !== undefined && !(typeof nextInMs === 'number' && nextInMs >= 0))
    throw broken(
      'A batch came with `nextInMs` that are not a number',
      'Give the milliseconds until the source looks for more, or leave it out',
    )
  if (readBy !== undefined && (typeof readBy !== 'string' || readBy === ''))
    throw broken(
      'A batch came with a `readBy` that is not a name',
      'Give the name of the pipeline that asked for the page, or leave it out',
    )
  if (receivedAt !== undefined && !(typeof receivedAt === 'number' && receivedAt >= 0))
    throw broken(
      'A batch came with a `receivedAt` that is not a time',
      'Give the milliseconds since 1970 when its page arrived, or leave it out',
    )
  if (identities === undefined) for (const event of events) checkEvent(event)
  else checkIdentities(events, identities)
}

/** The identities hold the times already, so `created_at` of the events is not parsed again. */
function checkIdentities(events: readonly Identified[], identities: readonly Identity[]): void {
  const areTheirs =
    Array.isArray(identities) &&
    identities.length === events.length &&
    identities.every((identity, index) => isOf(identity, events[index]))
  if (!areTheirs)
    throw broken(
      'A batch came with `identities` that are not those of its events',
      'Give each event, in the same order, its gid as `id` and its time in milliseconds since 1970 as `at`, or leave them out',
    )
}

function isOf(identity: Identity, event: Identified | undefined): boolean {
  const { id, at } = Object(identity) as Partial<Identity>
  return typeof id === 'string' && id !== '' && id === event?.gid && Number.isFinite(at)
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

/** Where a source starts, in milliseconds since 1970. Undefined: at the oldest event. */
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

/** Final: the same code would make the same batch again. Nothing of the batch was written, and the cursor is before it. */
function broken(what: string, step: string): Fault {
  const message = `${what}, which breaks the contract of a source. ${step}.`
  return fault({ fault: 'fatal', final: true, code: 'source_contract', message })
}
