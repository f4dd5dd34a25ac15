import type { Command } from 'commander'
import { logForms } from '../config/choice.ts'
import { dialects } from '../dialect.ts'
import type { ExitCode } from '../terminal/exit-code.ts'
import { choiceOption, examples } from './command-options.ts'
import { convert } from './convert.ts'

/** `asana-audit convert`. */
export function convertCommand(program: Command, done: (code: ExitCode) => void): void {
  program
    .command('convert')
    .argument(
      '[files...]',
      'JSON lines of events, pages of Asana, or OTLP JSON lines; gzip too (default: stdin)',
    )
    .description('Write events once more, one JSON object a line, in another dialect.')
    .addOption(choiceOption('--format <dialect>', 'which one', dialects).makeOptionMandatory())
    .option('--workspace <gid>', 'the "Domain ID", where the input does not say whose events these are')
    .addOption(choiceOption('--log <form>', 'what to write to stderr (default: human)', logForms))
    .addHelpText(
      'before',
      examples(
        'convert --format panther audit*.jsonl > panther.jsonl',
        'convert --format event < page.json',
        'convert --format otlp --workspace 1234567890123456 events.jsonl.gz',
      ),
    )
    .addHelpText(
      'after',
      '\nWhat cannot be read is named on stderr with its line, the rest is written, and the\nexit status is 1.\n',
    )
    .action(async (files, flags) => done(await convert(files, flags)))
}
