import { type SharedPages, type SharedReader, sharedPages } from '@asana-audit/core'
import type { PipelineSettings } from '../config/pipeline-settings.ts'

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
  for (const group of sharingGroups(pipelines)) {
    if (group.length < 2) continue
    const pages: SharedPages = sharedPages()
    for (const pipeline of group) readers.set(pipeline, pages.reader(pipeline.name))
  }
  return readers
}
