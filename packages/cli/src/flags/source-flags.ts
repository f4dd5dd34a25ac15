import { logForms } from './choice.ts'
import { Command, choiceOption, type FlagsOf } from './command.ts'

/** A command that reads events and delivers nothing. */
export const withSourceFlags = (name: string, files = 'archives of OTLP JSON lines, gzip too') =>
  new Command(name)
    .option('--from <file...>', `${files}, - for stdin (default: Asana itself)`)
    .option('--since <time>', 'from then on: 2026-01-31T08:00:00Z, 2026-01-31 or 31d')
    .option('--until <time>', 'before then')
    .option('--local', 'times of this machine instead of UTC')
    .option(
      '--workspace <gid>',
      'the "Domain ID" from Settings in the admin console; of archives, only its events',
    )
    .option('--base-url <url>', 'where Asana is (default https://app.asana.com/api/1.0)')
    .option('--requests-per-minute <number>', 'most requests to Asana with one token (default 1200)')
    .option(
      '--give-up-after <duration>',
      'end after so long without an answer of Asana (default 15m, 30s before the first)',
    )
    .addOption(choiceOption('--log <form>', 'what to write to stderr (default: human)', logForms))

/** Flags that say where events come from, and of what time. */
export type SourceFlags = FlagsOf<typeof withSourceFlags>
