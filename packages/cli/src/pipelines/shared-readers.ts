import { type SharedPages, type SharedReader, sharedPages } from '@asana-audit/core'
import type { PipelineSettings } from '../config/pipeline-settings.ts'

/** Most bytes of answers that are kept for pipelines that are behind, in all groups together. */
const keptBytes = 32 * 2 ** 20

/** Pipelines in one group read the same workspace with the same token and in the same way. */
export function sharingGroups(
  pipelines: readonly PipelineSettings[],
): readonly (readonly PipelineSettings[])[] {
  return [
    ...Map.groupBy(pipelines, ({ token, baseUrl, workspace, http }) =>
      JSON.stringify([token.source, baseUrl, workspace, http]),
    ).values(),
  ]
}

/** The pipelines of a group share what they read. Those that are alone get no reader. */
export function sharedReaders(
  pipelines: readonly PipelineSettings[],
): ReadonlyMap<PipelineSettings, SharedReader> {
  const readers = new Map<PipelineSettings, SharedReader>()
  const sharing = sharingGroups(pipelines).filter((group) => group.length > 1)
  for (const group of sharing) {
    // Memory must not grow with the number of workspaces.
    const pages: SharedPages = sharedPages({ keptBytes: Math.floor(keptBytes / sharing.length) })
    for (const pipeline of group) readers.set(pipeline, pages.reader(pipeline.name))
  }
  return readers
}
