import type { DurableState } from '@asana-audit/core'
import { type HourSpan, hourMs, hourOf } from '@asana-audit/core/ledger'
import { millisOf } from '@asana-audit/schema/lossless'
import type { PipelineSettings } from '../../config/pipeline/pipeline-settings.ts'
import { dayMs } from '../../duration.ts'
import { comparable, lateMs, limitsOf } from './verify-limits.ts'

const always = { since: undefined, until: undefined }

/**
 * The hours of an archive that can be compared with Asana. If the state knows the pipeline: what was asked for and is read. Otherwise the
 * time from the first archived event to the last one, without that in which late events may still be found. Leaves out what Asana may have
 * deleted.
 */
export async function archiveSpans(
  pipeline: PipelineSettings,
  state: DurableState | undefined,
  archived: { readonly first: string | undefined; readonly last: string | undefined },
  now: number,
): Promise<readonly HourSpan[]> {
  const { name } = pipeline
  const rows = ((await state?.lanes()) ?? []).filter((row) => row.pipeline === name)
  const limits = limitsOf(rows, pipeline, now)
  if (state && limits) {
    const known = (await state.pipelines()).find(({ pipeline }) => pipeline === name)
    return comparable(known?.asked ?? [], limits, always)
  }
  const [first, last] = [millisOf(archived.first), millisOf(archived.last)]
  if (first === undefined || last === undefined) return []
  const from = Math.max(hourOf(first) + hourMs, hourOf(now - 89 * dayMs) + hourMs)
  const until = hourOf(Math.min(last, now) - lateMs(pipeline))
  return from < until ? [{ from, until }] : []
}
