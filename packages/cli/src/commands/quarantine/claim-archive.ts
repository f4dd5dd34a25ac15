import { type Claim, type DurableState, fault, isFault } from '@asana-audit/core'
import type { PipelineSettings } from '../../config/pipeline/pipeline-settings.ts'

/**
 * Keeps `run` from an archive while events of the quarantine are written there: its manifest has one writer, and a bucket has no lock. Undefined
 * for other destinations. Rejects with a fatal `already_running` if `run` writes there.
 */
export async function claimArchive(
  state: Pick<DurableState, 'claim'>,
  { name, destination }: Pick<PipelineSettings, 'name' | 'destination'>,
): Promise<Claim | undefined> {
  if (destination.kind !== 'archive') return undefined
  try {
    return await state.claim(name)
  } catch (cause) {
    if (!isFault(cause) || cause.code !== 'already_running') throw cause
    const message =
      'Another process, such as "run", writes to this archive, and only one may. Stop it, run this command again, then start it again. Nothing was sent.'
    throw fault({ fault: 'fatal', code: 'already_running', message, cause })
  }
}
