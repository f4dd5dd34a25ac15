import type { LaneSummary, PipelineSummary } from '@asana-audit/core'
import { openEnd } from '@asana-audit/core/ledger'

/** A row of the state, or the missing row of a pipeline that was started and has saved nothing yet. */
export type StateRow =
  | LaneSummary
  | (Omit<LaneSummary, 'cursor' | 'committedAt'> & { readonly cursor: null; readonly committedAt: null })

/** The rows of the state, and a `live` row for each pipeline that was started and has none: it may be stuck since its first start. */
export function withUnsaved(
  lanes: readonly LaneSummary[],
  pipelines: readonly PipelineSummary[],
): StateRow[] {
  const rowsOf = Map.groupBy(lanes, ({ pipeline }) => pipeline)
  const unsaved = pipelines.filter(({ pipeline, asked }) => {
    const own = rowsOf.get(pipeline) ?? []
    const isFollowed = own.length === 0 || asked.some(({ until }) => until === openEnd)
    return isFollowed && own.every(({ lane }) => lane === 'backfill')
  })
  const rows = unsaved.map(
    ({ pipeline }): StateRow => ({
      ...{ pipeline, lane: 'live', cursor: null, delivered: 0, quarantined: 0 },
      ...{ newestAt: undefined, readBy: undefined, committedAt: null },
    }),
  )
  return [...lanes, ...rows].sort((a, b) => (a.pipeline < b.pipeline ? -1 : a.pipeline > b.pipeline ? 1 : 0))
}
