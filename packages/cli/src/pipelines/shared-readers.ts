import { type SharedPages, type SharedReader, sharedPages } from '@asana-audit/core'
import type { PipelineSettings } from '../config/pipeline-settings.ts'

/** Pipelines that read the same workspace with the same token and in the same way share what they read. Those that are alone get no reader. */
export function sharedReaders(
  pipelines: readonly PipelineSettings[],
): ReadonlyMap<PipelineSettings, SharedReader> {
  const groups = Map.groupBy(pipelines, ({ token, baseUrl, workspace, http }) =>
    JSON.stringify([token.source, baseUrl, workspace, http]),
  )
  const readers = new Map<PipelineSettings, SharedReader>()
  for (const group of groups.values()) {
    if (group.length < 2) continue
    const pages: SharedPages = sharedPages()
    for (const pipeline of group) readers.set(pipeline, pages.reader(pipeline.name))
  }
  return readers
}
