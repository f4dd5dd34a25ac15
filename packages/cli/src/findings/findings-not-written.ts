import type { PipelineSettings } from '../config/pipeline/pipeline-settings.ts'
import type { Warning } from '../terminal/problem.ts'

/** The warning where a destination has no place for findings. */
export const findingsNotWritten: Warning = {
  code: 'findings_not_written',
  message:
    'Findings are not written to this destination: Panther reports what fits none of its schemas as an error, and an archive holds events alone. They are in the log of the run, and with alarm: they go to webhooks. If to: names several destinations, the rules run for the first.',
}

/** Whether findings can be written beside the events of this pipeline. */
export function takesFindings({ destination, format }: PipelineSettings): boolean {
  switch (destination.kind) {
    case 'panther-http':
    case 'archive':
      return false
    case 'otlp':
    case 'splunk-hec':
      return true
    case 'file':
    case 'stdout':
      return format !== 'panther'
  }
}
