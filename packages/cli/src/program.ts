import { type AnyCommand, Command, type Done } from './flags/command.ts'
import { version } from './version.ts'

type MakeCommand = (done: Done) => AnyCommand

/** A command of the first level: what the list of commands says of it, and its file, which is loaded when it is needed. */
interface Listed {
  readonly about: string
  readonly load: () => Promise<MakeCommand>
}

const listed: Readonly<Record<string, Listed>> = {
  run: {
    about:
      'Deliver new events and, at the same time, the backlog. Runs until it is stopped; with --once, until it has caught up.',
    load: async () => (await import('./commands/run.ts')).runCommand,
  },
  backfill: {
    about:
      'Deliver a time range, again or for the first time, as fast as the quota allows. Stop "run" first.',
    load: async () => (await import('./commands/backfill.ts')).backfillCommand,
  },
  replay: {
    about: 'Deliver the events of an archive into a destination, marked as replayed.',
    load: async () => (await import('./commands/replay.ts')).replayCommand,
  },
  init: {
    about: 'Ask for workspace, token file and destination, check each, and write the YAML for run.',
    load: async () => (await import('./commands/init.ts')).initCommand,
  },
  check: {
    about: 'Check token, workspace, plan, destination and state, and say how to fix what is wrong.',
    load: async () => (await import('./commands/check.ts')).checkCommand,
  },
  config: {
    about:
      'Check the settings file, show every value in effect and its source, print the JSON Schema for editors.',
    load: async () => {
      const { configCheckCommand } = await import('./commands/config/config-check.ts')
      const { configExplainCommand } = await import('./commands/config/config-explain.ts')
      const { configSchemaCommand } = await import('./commands/config/config-schema.ts')
      return group('config', [configCheckCommand, configExplainCommand, configSchemaCommand])
    },
  },
  health: {
    about:
      'Say by exit status whether run works, for probes and cron. It needs the state alone, and makes a small write there that changes nothing.',
    load: async () => (await import('./commands/health.ts')).healthCommand,
  },
  query: {
    about: 'Show events from Asana or from archives, filtered by actor, type, resource and time.',
    load: async () => (await import('./commands/query.ts')).queryCommand,
  },
  report: {
    about: 'Write an HTML page with charts of the events from Asana or from archives.',
    load: async () => (await import('./commands/report.ts')).reportCommand,
  },
  convert: {
    about: 'Convert events to another dialect, one JSON object a line.',
    load: async () => (await import('./commands/convert.ts')).convertCommand,
  },
  detect: {
    about: 'Run Sigma rules over events and show the hits. The exit status is 3 if there are any.',
    load: async () => (await import('./commands/detect.ts')).detectCommand,
  },
  verify: {
    about:
      'Compare, hour by hour, the events Asana shows now with those the destination accepted (as recorded in the state).',
    load: async () => (await import('./commands/verify.ts')).verifyCommand,
  },
  explain: {
    about: 'Say what became of one event, from Asana, the state and archives.',
    load: async () => (await import('./commands/explain.ts')).explainCommand,
  },
  archive: {
    about:
      'Compare an archive with its manifest: what is missing, changed or added. Join the small objects of closed days.',
    load: async () => {
      const { archiveVerifyCommand } = await import('./commands/archive/archive-verify.ts')
      const { archiveCompactCommand } = await import('./commands/archive/archive-compact.ts')
      return group('archive', [archiveVerifyCommand, archiveCompactCommand])
    },
  },
  alarm: {
    about: 'Send a test alarm to the webhooks of a settings file.',
    load: async () => group('alarm', [(await import('./commands/alarm-test.ts')).alarmTestCommand]),
  },
  simulate: {
    about: 'Serve a simulated Asana audit log, to try things out.',
    load: async () => (await import('./commands/simulate.ts')).simulateCommand,
  },
  'splunk-input': {
    about: 'Be a modular input of Splunk. The add-on starts it; it is of no use in a shell.',
    load: async () => (await import('./commands/splunk-input.ts')).splunkInputCommand,
  },
  state: {
    about: 'Show, move, forget or copy the positions of pipelines.',
    load: async () => {
      const { stateShowCommand } = await import('./commands/state/state-show.ts')
      const { stateRewindCommand, stateExportCommand, stateImportCommand } = await import(
        './commands/state/state.ts'
      )
      const { stateForgetCommand } = await import('./commands/state/state-forget.ts')
      return group('state', [
        stateShowCommand,
        stateRewindCommand,
        stateForgetCommand,
        stateExportCommand,
        stateImportCommand,
      ])
    },
  },
  quarantine: {
    about: 'List, replay or discard events that could not be delivered.',
    load: async () => {
      const { quarantineListCommand, quarantineShowCommand } = await import(
        './commands/quarantine/quarantine.ts'
      )
      const { quarantineReplayCommand } = await import('./commands/quarantine/quarantine-replay.ts')
      const { quarantineDiscardCommand } = await import('./commands/quarantine/quarantine-discard.ts')
      return group('quarantine', [
        quarantineListCommand,
        quarantineShowCommand,
        quarantineReplayCommand,
        quarantineDiscardCommand,
      ])
    },
  },
  fleet: {
    about: 'Deliver thousands of tenants with any number of workers, through a database: PostgreSQL.',
    load: async () => {
      const { fleetMigrateCommand } = await import('./commands/fleet/fleet-migrate.ts')
      const { fleetWorkerCommand } = await import('./commands/fleet/fleet-worker.ts')
      const { fleetTenantCommand } = await import('./commands/fleet/fleet-tenant.ts')
      const { fleetStatusCommand } = await import('./commands/fleet/fleet-status.ts')
      return group('fleet', [fleetMigrateCommand, fleetWorkerCommand, fleetTenantCommand, fleetStatusCommand])
    },
  },
  completion: {
    about: 'Print the completion for bash, zsh or fish.',
    load: async () => (await import('./commands/completion/completion.ts')).completionCommand,
  },
  schema: {
    about: 'Print the schema of an event in a dialect.',
    load: async () => (await import('./commands/schema.ts')).schemaCommand,
  },
}

/**
 * The command line, for `args`, the words after the name of the program: of the other commands it has name and description only,
 * because loading them all takes longer than most commands. Without `args` it is whole. `done` is called with the exit status of the
 * command that ran. Errors are thrown.
 */
export async function program(done: Done, args?: readonly string[]): Promise<AnyCommand> {
  const needed = args ? neededFor(args) : Object.keys(listed)
  const command = await loaded(done, needed)
  const knowsAll = !args || flagsIn(args).every((flag) => hasFlag(command, flag))
  // The message about an unknown flag names the commands that have it.
  return knowsAll ? command : await loaded(done, Object.keys(listed))
}

function neededFor(args: readonly string[]): readonly string[] {
  const word = args.find((arg) => !arg.startsWith('-'))
  // These two speak of all commands.
  if (word === 'help' || word === 'completion') return Object.keys(listed)
  return word !== undefined && Object.hasOwn(listed, word) ? [word] : []
}

async function loaded(done: Done, needed: readonly string[]): Promise<AnyCommand> {
  const command = new Command('asana-audit')
    .description("Asana's audit log into OpenTelemetry, without losing an event.")
    .version(version)
  const commands = await Promise.all(
    Object.entries(listed).map(async ([name, { about, load }]) =>
      (needed.includes(name) ? (await load())(done) : new Command(name)).description(about),
    ),
  )
  for (const one of commands) command.addCommand(one)
  setUp(command, 'asana-audit')
  return command
}

function group(name: string, commands: readonly MakeCommand[]): MakeCommand {
  return (done) => {
    const command = new Command(name)
    for (const make of commands) command.addCommand(make(done))
    return command
  }
}

function flagsIn(args: readonly string[]): string[] {
  return args.filter((arg) => arg.startsWith('--') && arg !== '--').map((arg) => arg.replace(/=.*$/s, ''))
}

function hasFlag(command: AnyCommand, flag: string): boolean {
  const isOwn = flag === '--help' || command.options.some(({ long }) => long === flag)
  return isOwn || command.commands.some((sub) => hasFlag(sub, flag))
}

/** Commander wants these settings on each command. After a wrong flag the user is pointed to the help of that command. */
function setUp(command: AnyCommand, path: string): void {
  command
    .configureHelp({
      helpWidth: Math.min(process.stdout.columns || 80, 110),
      // A command that is not loaded has no options to tell of.
      subcommandTerm: (sub) => sub.name(),
    })
    .showHelpAfterError(`(${path} --help shows its options)`)
    .exitOverride()
  for (const sub of command.commands) setUp(sub, `${path} ${sub.name()}`)
}
