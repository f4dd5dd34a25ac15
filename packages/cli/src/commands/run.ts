import { type DeliverFlags, deliverCommand, deliverSettings } from '../deliver-command.ts'
import { type ExitCode, exitCode } from '../exit-code.ts'
import { runPipelines } from '../run-pipelines.ts'

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
