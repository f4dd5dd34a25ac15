import { Command, Option } from 'commander'
import { backfill } from './commands/backfill.ts'
import { check } from './commands/check.ts'
import {
  deliverOptions,
  environment,
  examples,
  pipelineOptions,
  repeated,
  sourceOptions,
  stateOptions,
} from './commands/command-options.ts'
import { convertCommand } from './commands/convert.ts'
import { detectCommand } from './commands/detect.ts'
import { init } from './commands/init.ts'
import { quarantineList, quarantineShow } from './commands/quarantine/quarantine.ts'
import { quarantineDiscard } from './commands/quarantine/quarantine-discard.ts'
import { quarantineReplay } from './commands/quarantine/quarantine-replay.ts'
import { query } from './commands/query.ts'
import { report } from './commands/report.ts'
import { run } from './commands/run.ts'
import { schema, schemaFormats } from './commands/schema.ts'
import { simulateCommand } from './commands/simulate.ts'
import { requireSingleValues } from './commands/single-values.ts'
import { stateExport, stateImport, stateRewind } from './commands/state.ts'
import { stateShow } from './commands/state-show.ts'
import { verify } from './commands/verify.ts'
import { dialects } from './dialect.ts'
import type { ExitCode } from './terminal/exit-code.ts'
import { version } from './version.ts'

/** The whole command line. `done` is called with the exit status of the command that ran. */
export function program(done: (code: ExitCode) => void): Command {
  const command = new Command('asana-audit')
    .description("Asana's audit log into OpenTelemetry, without losing an event.")
    .version(version)
    .configureHelp({ helpWidth: Math.min(process.stdout.columns || 80, 110) })

  deliverOptions(pipelineOptions(command.command('run')))
    .description(
      'Deliver events for ever, new ones at once and the backlog beside them; with --once, until caught up.',
    )
    .option('--once', 'end when caught up')
    .option('--poll <duration>', 'wait after an empty page (default 10s)')
    .option('--settled-window <duration>', 'how late events may come and still be found (default 45m)')
    .option('--until <time>', 'deliver events before this time only, then end')
    .option(
      '--exit-on-fatal',
      'end at a fault that needs a person, instead of pausing and trying every 5 minutes',
    )
    .addHelpText(
      'before',
      examples('run --once --to stdout', 'run --to otlp --since 7d', 'run --config pipelines.yaml'),
    )
    .addHelpText('after', environment)
    .action(async (flags) => done(await run(flags)))

  deliverOptions(
    pipelineOptions(command.command('backfill'), 'deliver from then on (default: the oldest event, 90 days)'),
  )
    .description(
      'Deliver a time range once more or for the first time, as fast as the quota allows. Not beside a runner.',
    )
    .option('--until <time>', 'deliver up to then (default: now)')
    .option('--dry-run', 'say how many events and requests and how much time that is, and deliver nothing')
    .option('--resume', 'go on with a backfill that was interrupted, as it was begun')
    .option('--restart', 'forget a backfill that was interrupted')
    .addHelpText(
      'before',
      examples(
        'backfill --to otlp --since 2026-01-01 --until 2026-02-01',
        'backfill --to splunk-hec --since 30d --dry-run',
      ),
    )
    .addHelpText('after', environment)
    .action(async (flags) => done(await backfill(flags)))

  command
    .command('init')
    .description('Ask for workspace, token file and destination, check each, and write the YAML for run.')
    .option('--out <file>', 'where to write it (default asana-audit.yaml)')
    .addHelpText('before', examples('init', 'init --out /etc/asana-audit.yaml'))
    .action(async (flags) => done(await init(flags)))

  pipelineOptions(command.command('check'))
    .description(
      'Say for token, workspace, plan, destination and state what works, and what to do about what does not.',
    )
    .option('--until <time>', 'as with run: deliver events before this time only')
    .option('--json', 'print the findings as JSON')
    .addHelpText('before', examples('check --to otlp', 'check --config pipelines.yaml --json'))
    .addHelpText('after', environment)
    .action(async (flags) => done(await check(flags)))

  sourceOptions(command.command('query'))
    .description('Show events by actor, type, resource and time: from Asana itself or from archives.')
    .option('--gid <gid>', 'only this event')
    .option('--event-type <type>', 'only this type; may be repeated', repeated)
    .option('--category <name>', 'only this category; may be repeated', repeated)
    .option('--actor-type <type>', 'only these actors; may be repeated', repeated)
    .option('--actor-gid <gid>', 'only this actor')
    .option('--actor-email <address>', 'only this actor, by e-mail')
    .option('--resource-gid <gid>', 'only this resource')
    .option('--ip <address>', 'only from this address or range (192.0.2.0/24)')
    .option('--text <text>', 'only with this in the description or in any value')
    .option('--last <number>', 'only the newest so many')
    .option(
      '--around <gid>',
      'what the actor and the address of this event did before and after it; --since and --until say where to look for it',
    )
    .option('--window <duration>', 'how long before and after (default 1h)')
    .option(
      '--count-by <fields>',
      'count instead, by fields such as actor.email or context.client_ip_address, or by month, day, hour, weekday, hour_of_day, actor, resource',
    )
    .option('--top <number>', 'with --count-by: only the most frequent so many')
    .option('--output <form>', 'table, jsonl (whole events) or csv (default table)')
    .addOption(new Option('--json', 'the same as --output jsonl').implies({ output: 'jsonl' }))
    .option('--format <dialect>', `as JSON lines in a dialect: ${dialects.join(', ')}`)
    .addHelpText(
      'before',
      examples(
        'query --since 24h --actor-email ada@example.com',
        'query --from audit*.jsonl --event-type user_login_failed --count-by actor,context.client_ip_address',
        'query --from audit.jsonl.gz --around 1209000000123456 --window 2h --local',
      ),
    )
    .addHelpText('after', environment)
    .action(async (flags) => done(await query(flags)))

  sourceOptions(command.command('report'))
    .description('Draw one page of charts for a browser: from Asana itself or from archives.')
    .option('--out <file>', 'the HTML file to write, or - for stdout')
    .addHelpText(
      'before',
      examples(
        'report --since 30d --out report.html',
        'report --from audit*.jsonl --since 2026-01-01 --until 2026-04-01 --local --out q1.html',
      ),
    )
    .addHelpText('after', environment)
    .action(async (flags) => done(await report(flags)))

  convertCommand(command, done)

  detectCommand(command, done)

  pipelineOptions(command.command('verify'), 'compare from here on (default: all the ledger has)')
    .description(
      'Compare, hour by hour, what Asana shows now with what the destination accepted, by the ledger of the state.',
    )
    .option(
      '--until <time>',
      'compare up to here (default: the newest event delivered, less the settled window)',
    )
    .option('--repair', 'deliver differing hours again, whole; not beside a runner')
    .option('--json', 'print the hours as JSON')
    .addHelpText('before', examples('verify --to otlp --since 7d', 'verify --config pipelines.yaml --repair'))
    .addHelpText('after', environment)
    .action(async (flags) => done(await verify(flags)))

  simulateCommand(command, done)

  const state = command.command('state').description('Positions of pipelines.')
  stateOptions(state.command('show'))
    .description('Show how far each pipeline is.')
    .addHelpText('before', examples('state show', 'state show --json'))
    .option('--json', 'print JSON')
    .action(async (flags) => done(await stateShow(flags)))
  stateOptions(state.command('rewind'))
    .description(
      'Let a pipeline go on from a time: what it delivered since then comes again. Not beside a runner.',
    )
    .requiredOption('--to <time>', 'a time, a date or an age')
    .option('--pipeline <name>', 'which one, if the state holds several')
    .addHelpText('before', examples('state rewind --to 7d', 'state rewind --to 2026-01-31 --pipeline acme'))
    .action(async (flags) => done(await stateRewind(flags)))
  stateOptions(state.command('export'))
    .description('Print positions, recent ids and the quarantine as JSON lines. Works beside a runner.')
    .addHelpText('before', examples('state export > state.jsonl'))
    .action(async (flags) => done(await stateExport(flags)))
  stateOptions(state.command('import'))
    .argument('<file>', 'what state export printed')
    .description('Take an export into a state that does not have its pipelines. Not beside a runner.')
    .addHelpText('before', examples('state import state.jsonl --state /var/lib/asana-audit/state.db'))
    .action(async (file, flags) => done(await stateImport(file, flags)))

  const quarantine = command
    .command('quarantine')
    .description('Events that could not be delivered, kept whole.')
  stateOptions(quarantine.command('list'))
    .description('List them, oldest first.')
    .option('--json', 'print JSON')
    .option('--pipeline <name>', 'of this pipeline only')
    .addHelpText('before', examples('quarantine list', 'quarantine list --json'))
    .action(async (flags) => done(await quarantineList(flags)))
  stateOptions(quarantine.command('show <number>'))
    .description('Show one whole, with the reason.')
    .option('--json', 'print JSON')
    .addHelpText('before', examples('quarantine show 1'))
    .action(async (number, flags) => done(await quarantineShow(number, flags)))
  pipelineOptions(quarantine.command('replay'))
    .description(
      'Send them again; what the destination accepts leaves the quarantine. Works beside a runner, but not into a file it writes.',
    )
    .option('--pipeline <name>', 'of this pipeline only')
    .option('--uncertain', 'also those the destination may have already: they may arrive twice')
    .addHelpText(
      'before',
      examples('quarantine replay --to otlp', 'quarantine replay --config pipelines.yaml --pipeline acme'),
    )
    .addHelpText('after', environment)
    .action(async (flags) => done(await quarantineReplay(flags)))
  stateOptions(quarantine.command('discard <number...>'))
    .description(
      'Take out, without sending, what the destination has: look for its log.record.uid (the gid) there first. It counts as delivered.',
    )
    .addHelpText('before', examples('quarantine discard 1', 'quarantine discard 4 5 6'))
    .action(async (numbers, flags) => done(await quarantineDiscard(numbers, flags)))

  command
    .command('schema')
    .description('Print the schema of an event in a dialect.')
    .addOption(new Option('--format <dialect>', 'which one').choices(schemaFormats).makeOptionMandatory())
    .option('--name <name>', 'with panther: a name of your own, for events that come by bucket or HTTP')
    .addHelpText(
      'before',
      examples('schema --format panther', 'schema --format panther --name Custom.AsanaAudit > schema.yml'),
    )
    .action(async (flags) => done(await schema(flags)))

  requireSingleValues(command)
  pointToHelp(command, 'asana-audit')
  return command
}

/** A wrong flag is answered with the help of its own command. */
function pointToHelp(command: Command, path: string): void {
  command.showHelpAfterError(`(${path} --help shows what there is)`)
  for (const sub of command.commands) pointToHelp(sub, `${path} ${sub.name()}`)
}
