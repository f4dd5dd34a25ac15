import type { PipelineResult } from '../../progress/pipeline-result.ts'
import type { ReadAgain } from './reload.ts'
import type { RunOptions } from './run-one.ts'
import { runningPipelines } from './running-pipelines.ts'

/**
 * Runs all pipelines at the same time, each with its own cursor. One that fails stops the others only with `exitOnFatal`. Rejects
 * before anything is read if a pipeline cannot be claimed. With `readAgain` it follows its file at each SIGHUP.
 */
export async function runPipelines(
  options: RunOptions,
  readAgain: ReadAgain | undefined,
): Promise<PipelineResult[]> {
  const running = runningPipelines(options)
  const reloading = readAgain && (await import('./reload.ts')).reloadAtHangUp(options, running, readAgain)
  try {
    await running.claim(options.settings.pipelines)
    options.report.claimed?.()
    await running.start(options.settings.pipelines)
    reloading?.begin()
    return await running.ended
  } finally {
    reloading?.close()
    await running.release()
  }
}
