import { counted } from '../../counted.ts'
import { dayMs } from '../../duration.ts'
import type { PipelineStatus } from '../status.ts'
import { retentionWords } from './words.ts'

/** The time until Asana deletes unread events is told of once it is shorter than this. */
const soonMs = 7 * dayMs

/** Why a person should look at a pipeline, the most urgent first, each as a few words. */
export function attentionOf({ lanes, quarantine, alarms, fault }: PipelineStatus): string[] {
  const entries = quarantine.reduce((sum, one) => sum + one.entries, 0)
  const deletedIn = lanes.flatMap(({ condition, deletedInMs }) =>
    deletedInMs !== null && deletedInMs < soonMs && condition !== 'starting' ? deletedInMs : [],
  )
  const troubles = lanes.flatMap(({ lane, trouble }) => {
    if (!trouble) return []
    const where = lane === 'live' ? '' : ` (${lane})`
    return `${trouble.kind === 'paused' ? 'paused' : 'failing'}${where}: ${trouble.code}`
  })
  return [
    ...(fault ? [`ended: ${fault.code}`] : []),
    ...alarms.flatMap(({ kind, state }) =>
      state === 'ALARM' && !(kind === 'ended' && fault) ? `alarm: ${kind}` : [],
    ),
    ...new Set(troubles),
    ...(deletedIn.length > 0 ? [retentionWords(Math.min(...deletedIn))] : []),
    ...(entries > 0 ? [`${counted(entries, 'event')} in quarantine`] : []),
  ]
}
