import type { Level, Rule } from '@asana-audit/detections'
import type { Problem, Warning } from '../../terminal/problem.ts'
import type { Origin } from '../origin.ts'
import type { PipelineDocument } from '../pipeline/pipeline-document.ts'

/** The rules that run over the events of a pipeline. */
export interface DetectSettings {
  readonly rules: readonly Rule[]
  /** The lowest level of a finding. */
  readonly level: Level
}

interface ReadDetect {
  readonly detect: DetectSettings
  readonly digest: string
  readonly warnings: readonly Warning[]
}

/** Reads `detect:` of a pipeline. Loads the rules only where it is set. The digest is of their texts. */
export async function readDetect(
  { detect }: PipelineDocument,
  origin: Origin,
  problems: Problem[],
): Promise<ReadDetect | undefined> {
  if (!detect) return undefined
  const { detectionRules, shipped } = await import('./detection-rules.ts')
  const paths = [detect.rules ?? shipped].flat()
  const setting = origin.settingName(detect.rules === undefined ? 'detect' : 'detect.rules')
  const found = await detectionRules(paths, setting, problems, origin.file)
  if (!found) return undefined
  const { rules, digest, warnings } = found
  return { detect: { rules, level: detect.level ?? 'low' }, digest, warnings }
}
