import { type OpenContext, openContext, tellWarnings } from '@asana-audit/context'
import { isFault } from '@asana-audit/core'
import type { ContextOf } from '@asana-audit/schema/context'
import type { Problem, Warning } from '../../terminal/problem.ts'
import type { Origin } from '../origin.ts'
import type { PipelineDocument } from './pipeline-document.ts'

/** What is added to the events of a pipeline, for one that writes them: `onWarning` hears what is wrong with the databases. */
export type AddContext = (onWarning: (warning: Warning) => void) => ContextOf

/** Opens what `context:` of a pipeline names. Every file that cannot be used is a problem; then undefined. */
export async function readContext(
  context: Omit<NonNullable<PipelineDocument['context']>, 'provenance'>,
  origin: Origin,
  problems: Problem[],
): Promise<AddContext | undefined> {
  const [geoFile, asnFile] = [context.geo_file, context.asn_file].map((one) => one && origin.file(one))
  const before = problems.length
  // Each alone, so that both may be reported. A file is opened once in a process.
  const opened: OpenContext[] = []
  for (const [name, file] of [
    ['geo_file', { geoFile }],
    ['asn_file', { asnFile }],
  ] as const) {
    try {
      opened.push(await openContext(file))
    } catch (error) {
      if (!isFault(error)) throw error
      problems.push({ setting: origin.settingName(`context.${name}`), message: error.message })
    }
  }
  if (problems.length > before) return undefined
  const whole = await openContext({ userAgent: context.user_agent, geoFile, asnFile })
  return (onWarning) => tellWarnings(whole, onWarning)
}
