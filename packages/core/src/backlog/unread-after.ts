import type { Cursor } from '../contract.ts'
import { type BacklogLeft, backlogLeft, liveUnreadFrom, unlessForeign } from './backlog.ts'

/**
 * From this time on there may be unread events, RFC 3339: by the cursor of new events, or of a range. By the newest event delivered if the
 * cursor does not say it, as that of another source. Undefined if the whole range was read, or nobody knows.
 */
export function unreadAfter(cursor: Cursor, newestAt: string | undefined): string | undefined {
  const live = unlessForeign(() => ({ from: liveUnreadFrom(cursor) }), 'foreign')
  const left: Pick<BacklogLeft, 'from'> | undefined | 'foreign' =
    live === 'foreign' ? unlessForeign(() => backlogLeft(cursor), live) : live
  if (left === undefined) return undefined
  return (left === 'foreign' ? undefined : left.from) ?? newestAt
}
