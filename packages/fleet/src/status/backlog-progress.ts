import { backlogLeft, retentionMs } from '@asana-audit/core/backlog'

/** How far the history of a tenant is. */
export interface BacklogProgress {
  readonly tenant: string
  readonly workspace: string
  readonly delivered: number
  /** RFC 3339: everything before is delivered. Undefined: nothing yet. */
  readonly from: string | undefined
  /** RFC 3339: where it ends. Undefined while that is not known yet. */
  readonly until: string | undefined
  /** 0 to 1, of the time it covers, which is the 90 days Asana keeps. */
  readonly share: number
  /** At the pace so far, in milliseconds. Undefined while too little is read to say. */
  readonly leftMs: number | undefined
}

interface BacklogRow {
  readonly tenant: string
  readonly workspace: string
  readonly cursor: string
  readonly delivered: number
  /** Milliseconds since 1970: when the tenant was added, and when the position was last saved. */
  readonly createdAt: number
  readonly committedAt: number
}

/** With less read than this, the pace says nothing. */
const leastShare = 0.01

export function backlogProgress(row: BacklogRow): BacklogProgress {
  const { tenant, workspace, cursor, delivered, createdAt, committedAt } = row
  const left = backlogLeft(cursor)
  const share = left ? shareOf(left, createdAt) : 1
  const spentMs = committedAt - createdAt
  const isKnown = share >= leastShare && spentMs > 0
  return {
    ...{ tenant, workspace, delivered, from: left?.from, until: left?.until, share },
    leftMs: isKnown ? Math.round((spentMs * (1 - share)) / share) : undefined,
  }
}

function shareOf(
  { from, until }: { readonly from?: string | undefined; readonly until?: string | undefined },
  createdAt: number,
): number {
  if (from === undefined || until === undefined) return 0
  const start = createdAt - retentionMs
  const [at, end] = [Date.parse(from), Date.parse(until)]
  return end <= start ? 1 : Math.min(1, Math.max(0, (at - start) / (end - start)))
}
