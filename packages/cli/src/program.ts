import { backfillCommand } from './commands/backfill.ts'
import { checkCommand } from './commands/check.ts'
import { convertCommand } from './commands/convert.ts'
import { detectCommand } from './commands/detect.ts'
import { initCommand } from './commands/init.ts'
import { quarantineListCommand, quarantineShowCommand } from './commands/quarantine/quarantine.ts'
import { quarantineDiscardCommand } from './commands/quarantine/quarantine-discard.ts'
import { quarantineReplayCommand } from './commands/quarantine/quarantine-replay.ts'
import { queryCommand } from './commands/query.ts'
import { reportCommand } from './commands/report.ts'
import { runCommand } from './commands/run.ts'
import { schemaCommand } from './commands/schema.ts'
import { simulateCommand } from './commands/simulate.ts'
import { stateExportCommand, stateImportCommand, stateRewindCommand } from './commands/state.ts'
import { stateShowCommand } from './commands/state-show.ts'
import { verifyCommand } from './commands/verify.ts'
import { type AnyCommand, Command, type Done } from './flags/command.ts'
import { version } from './version.ts'

type MakeCommand = (done: Done) => AnyCommand

/** The whole command line. `done` is called with the exit status of the command that ran. Errors are thrown. */
export function program(done: Done): AnyCommand {
  const group = (name: string, description: string, commands: readonly MakeCommand[]): AnyCommand => {
    const command = new Command(name).description(description)
    for (const make of commands) command.addCommand(make(done))
    return command
  }
  const state = (): AnyCommand =>
    group('state', 'Show, move or copy the positions of pipelines.', [
      stateShowCommand,
      stateRewindCommand,
      stateExportCommand,
      stateImportCommand,
    ])
  const quarantine = (): AnyCommand =>
    group('quarantine', 'List, replay or discard events that could not be delivered.', [
      quarantineListCommand,
      quarantineShowCommand,
      quarantineReplayCommand,
      quarantineDiscardCommand,
    ])
  const command = group('asana-audit', "Asana's audit log into OpenTelemetry, without losing an event.", [
    runCommand,
    backfillCommand,
    initCommand,
    checkCommand,
    queryCommand,
    reportCommand,
    convertCommand,
    detectCommand,
    verifyCommand,
    simulateCommand,
    state,
    quarantine,
    schemaCommand,
  ]).version(version)
  setUp(command, 'asana-audit')
  return command
}

/** Commander wants these settings on each command. After a wrong flag the user is pointed to the help of that command. */
function setUp(command: AnyCommand, path: string): void {
  command
    .configureHelp({ helpWidth: Math.min(process.stdout.columns || 80, 110) })
    .showHelpAfterError(`(${path} --help shows its options)`)
    .exitOverride()
  for (const sub of command.commands) setUp(sub, `${path} ${sub.name()}`)
}
