import type { PipelineSettings } from '../../config/pipeline/pipeline-settings.ts'

/**
 * The pipeline of a replay into the destination of this one. It has a name of its own in the state, so its ledger, ids and quarantine are
 * not those of the live pipeline. It has no rules: they have seen the events when they were new.
 */
export function asReplay(pipeline: PipelineSettings): PipelineSettings {
  return { ...pipeline, name: `${pipeline.name} (replay)`, detect: undefined }
}
