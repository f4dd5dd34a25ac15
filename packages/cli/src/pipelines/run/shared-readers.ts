import { type SharedPages, type SharedReader, sharedPages } from '@asana-audit/core'
import type { PipelineSettings } from '../../config/pipeline/pipeline-settings.ts'

/** Most bytes of answers that are kept for pipelines that are behind, in all groups together. */
const keptBytes = 32 * 2 ** 20

/** Pipelines in one group read the same workspace with the same token and in the same way. */
export function sharingGroups(
  pipelines: readonly PipelineSettings[],
): readonly (readonly PipelineSettings[])[] {
  return [...Map.groupBy(pipelines, groupOf).values()]
}

function groupOf({ token, baseUrl, workspace, http }: PipelineSettings): string {
  return JSON.stringify([token.source, baseUrl, workspace, http])
}

type Readers = ReadonlyMap<PipelineSettings, SharedReader>

/**
 * The pipelines of a group share what they read. A pipeline that is alone gets no reader. Call the returned function for pipelines that
 * start together. Pipelines that start later join the groups that exist. A pipeline that started alone goes on alone.
 */
export function readerSharing(): (starting: readonly PipelineSettings[]) => Readers {
  const shared = new Map<string, SharedPages>()
  return (starting) => {
    const readers = new Map<PipelineSettings, SharedReader>()
    const groups = [...Map.groupBy(starting, groupOf)].filter(
      ([key, group]) => shared.has(key) || group.length > 1,
    )
    // Memory must not grow with the number of workspaces. A later group takes the part it would have had from the start.
    const all = new Set([...shared.keys(), ...groups.map(([key]) => key)])
    const bytesForEach = Math.floor(keptBytes / all.size)
    for (const [key, group] of groups) {
      const pages = shared.get(key) ?? sharedPages({ keptBytes: bytesForEach })
      shared.set(key, pages)
      for (const pipeline of group) readers.set(pipeline, pages.reader(pipeline.name))
    }
    return readers
  }
}

/** For pipelines that all start together. */
export function sharedReaders(pipelines: readonly PipelineSettings[]): Readers {
  return readerSharing()(pipelines)
}
