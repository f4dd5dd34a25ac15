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
 * The pipelines of a group share what they read. Those that are alone get no reader. What is returned gives readers to pipelines that
 * start together; those that start later join the groups that there are. A pipeline that started alone goes on without them.
 */
export function readerSharing(): (starting: readonly PipelineSettings[]) => Readers {
  const shared = new Map<string, SharedPages>()
  return (starting) => {
    const readers = new Map<PipelineSettings, SharedReader>()
    const groups = [...Map.groupBy(starting, groupOf)].filter(
      ([of, group]) => shared.has(of) || group.length > 1,
    )
    // Memory must not grow with the number of workspaces. A later group takes the part it would have had from the start.
    const all = new Set([...shared.keys(), ...groups.map(([of]) => of)])
    const ofEach = Math.floor(keptBytes / all.size)
    for (const [of, group] of groups) {
      const pages = shared.get(of) ?? sharedPages({ keptBytes: ofEach })
      shared.set(of, pages)
      for (const pipeline of group) readers.set(pipeline, pages.reader(pipeline.name))
    }
    return readers
  }
}

/** For pipelines that all start together. */
export function sharedReaders(pipelines: readonly PipelineSettings[]): Readers {
  return readerSharing()(pipelines)
}
