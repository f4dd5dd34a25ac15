import { type DeliverFlags, deliverCommand, deliverSettings } from '../pipelines/deliver-command.ts'
import { runPipelines } from '../pipelines/run-pipelines.ts'
import { type ExitCode, exitCode } from '../terminal/exit-code.ts'

export interface RunFlags extends DeliverFlags {
  readonly once?: boolean
  readonly exitOnFatal?: boolean
}

export async function run(flags: RunFlags): Promise<ExitCode> {
  const { once = false, exitOnFatal = false } = flags
  const found = await deliverSettings(flags)
  if (!found) return exitCode.wrongConfiguration
  return deliverCommand(flags, found, 'live', (delivery) => runPipelines({ ...delivery, once, exitOnFatal }))
}
