import type { Cursor } from '../contract.ts'
import { isFault } from '../fault.ts'
import { type BacklogLeft, backlogLeft, liveUnreadFrom } from './backlog.ts'

/**
 * From this time on there may be unread events, RFC 3339: by the cursor of new events, or of a range. By the newest event delivered if the
 * cursor does not say it, as that of another source. Undefined if the whole range was read, or nobody knows.
 */
export function unreadAfter(cursor: Cursor, newestAt: string | undefined): string | undefined {
  const live = ofOurs(() => ({ from: liveUnreadFrom(cursor) }))
  const left: Pick<BacklogLeft, 'from'> | undefined | 'foreign' =
    live === 'foreign' ? ofOurs(() => backlogLeft(cursor)) : live
  if (left === undefined) return undefined
  return (left === 'foreign' ? undefined : left.from) ?? newestAt
}

function ofOurs<T>(read: () => T): T | 'foreign' {
  try {
    return read()
  } catch (error) {
    if (isFault(error) && error.code === 'foreign_cursor') return 'foreign'
    throw error
  }
}
