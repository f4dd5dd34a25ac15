import type { PipelineResult } from '../../progress/reporters/pipeline-result.ts'
import type { FollowedFile } from './reload.ts'
import type { RunOptions } from './run-one.ts'
import { runningPipelines } from './running-pipelines.ts'

/**
 * Runs all pipelines at the same time, each with its own cursor. One that fails stops the others only with `exitOnFatal`. Rejects
 * before anything is read if a pipeline cannot be claimed. With `followed` it follows its file at each SIGHUP.
 */
export async function runPipelines(
  options: RunOptions,
  followed: FollowedFile | undefined,
): Promise<PipelineResult[]> {
  const running = runningPipelines(options)
  const reloading = followed && (await import('./reload.ts')).reloadAtHangUp(options, running, followed)
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
