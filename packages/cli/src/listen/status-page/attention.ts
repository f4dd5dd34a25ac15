import { counted } from '../../counted.ts'
import { dayMs } from '../../duration.ts'
import type { PipelineStatus } from '../status.ts'
import { parts, retentionWords } from './words.ts'

/** The page shows the time until Asana deletes unread events when it is shorter than this. */
const soonMs = 7 * dayMs

/** Why a person should look at a pipeline, the most urgent first, each as a few words. */
export function attentionOf({ lanes, quarantine, alarms, fault }: PipelineStatus): string[] {
  const entries = quarantine.reduce((sum, one) => sum + one.entries, 0)
  const deletedIn = lanes.flatMap(({ condition, deletedInMs }) =>
    deletedInMs !== null && deletedInMs < soonMs && condition !== 'starting' ? deletedInMs : [],
  )
  return [
    ...(fault ? [`ended: ${fault.code}`] : []),
    ...alarms.flatMap(({ kind, state }) =>
      state === 'ALARM' && !(kind === 'ended' && fault) ? `alarm: ${kind.replaceAll('_', ' ')}` : [],
    ),
    ...troublesOf(lanes),
    ...(deletedIn.length > 0 ? [retentionWords(Math.min(...deletedIn))] : []),
    ...(entries > 0 ? [`${counted(entries, 'event')} in quarantine`] : []),
  ]
}

/** Several lanes may stop for the same reason, such as a refused token. The page shows it once. */
function troublesOf(lanes: PipelineStatus['lanes']): string[] {
  const stopped = lanes.flatMap(({ lane, trouble }) => (trouble ? { lane, ...trouble } : []))
  const alike = Map.groupBy(stopped, ({ kind, part, code }) => `${kind} ${part} ${code}`)
  return [...alike.values()].flatMap((all) => {
    const [first] = all
    if (!first) return []
    const { kind, part, code, lane } = first
    const where = all.some((one) => one.lane === 'live') ? '' : ` (${lane})`
    return `${kind === 'paused' ? 'paused' : 'failing'} at ${parts[part]}${where}: ${code}`
  })
}
