import type { StatePath } from '../config/state-path.ts'
import { openStateIfThere } from '../pipelines/open-state.ts'

/** Whether a process runs this pipeline on this state. */
export async function isRunning(location: StatePath, pipeline: string): Promise<boolean> {
  const state = await openStateIfThere(location)
  try {
    return (await state?.isRunning(pipeline)) ?? false
  } finally {
    await state?.close()
  }
}
