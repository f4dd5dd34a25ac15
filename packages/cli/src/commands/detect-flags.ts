import type { Command } from 'commander'
import type { ExitCode } from '../terminal/exit-code.ts'
import { environment, examples, repeated, sourceOptions } from './command-options.ts'
import { detect } from './detect.ts'

/** `asana-audit detect`. */
export function detectCommand(program: Command, done: (code: ExitCode) => void): void {
  sourceOptions(program.command('detect'), 'event lines, pages of Asana or OTLP JSON lines, gzip too')
    .description('Run Sigma rules over events and show what they find: exit status 3 if there is something.')
    .option(
      '--rules <path>',
      'a file or folder of Sigma rules, or shipped (default: shipped); may be repeated',
      repeated,
    )
    .option(
      '--level <level>',
      'only from this level on: informational, low, medium, high, critical (default low)',
    )
    .option('--simulate', 'over a simulated week, with every story of an attack in it')
    .option(
      '--story <name>',
      'with --simulate: this story only; may be repeated (simulate --list-stories)',
      repeated,
    )
    .option('--seed <number>', 'with --simulate: another seed gives another week (default 1)')
    .option('--json', 'one JSON object a hit, as soon as it is found')
    .addHelpText(
      'before',
      examples(
        'detect --simulate',
        'detect --since 7d --level high',
        'detect --from audit*.jsonl --rules shipped --rules our-rules/',
        'run --to stdout | asana-audit detect --from - --json',
      ),
    )
    .addHelpText('after', environment)
    .action(async (flags) => done(await detect(flags)))
}
