import type { Command } from 'commander'
import type { ExitCode } from '../terminal/exit-code.ts'
import { examples, repeated } from './command-options.ts'
import { simulate } from './simulate.ts'

/** `asana-audit simulate`. */
export function simulateCommand(program: Command, done: (code: ExitCode) => void): void {
  program
    .command('simulate')
    .description("Serve a stand-in for Asana's audit log, to try things out.")
    .option('--port <number>', 'port on this machine (default: a free one)')
    .option('--events <number>', 'how many events there are (default 1000)')
    .option('--days <number>', 'over how many days (default 90)')
    .option('--seed <number>', 'another seed gives other events and faults (default 1)')
    .option('--growth <number>', 'new events a minute')
    .option('--latency <duration>', 'how long every answer takes')
    .option('--fault-rate <share>', 'share of requests that go wrong, 0 to 1')
    .option('--workspace <gid>', 'the gid of the workspace')
    .option(
      '--mix <kind>',
      'catalogue: every type of event; everyday: a week in which nothing happens (default catalogue)',
    )
    .option(
      '--story <name>',
      'tell this story of an attack among the events, or all; may be repeated',
      repeated,
    )
    .option('--list-stories', 'print the stories there are, and end')
    .option('--json', 'print address, workspace and token as JSON')
    .addHelpText(
      'before',
      examples(
        'simulate --events 5000 --growth 60',
        'simulate --fault-rate 0.05 --latency 200ms',
        'simulate --mix everyday --days 7 --story account-takeover',
      ),
    )
    .action(async (flags) => done(await simulate(flags)))
}
