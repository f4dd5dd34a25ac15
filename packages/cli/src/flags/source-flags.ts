import { logForms } from './choice.ts'
import { Command, choiceOption, type FlagsOf } from './command.ts'
import { requestsPerMinute } from './pipeline-flags.ts'

/** The files that every command reads which reads events. */
export const readableFiles = 'files of event lines, pages of Asana or OTLP JSON lines, gzip too'

/** A command that reads events and delivers nothing. */
export const withSourceFlags = (name: string) =>
  new Command(name)
    .option(
      '--from <place...>',
      `${readableFiles}, - for stdin; or an archive: its folder or s3://BUCKET/PREFIX (default: Asana itself)`,
    )
    .option('--since <time>', 'events from this time on: 2026-01-31T08:00:00Z, 2026-01-31 or 31d')
    .option('--until <time>', 'events before this time')
    .option(
      '--local',
      'use the time zone of this machine instead of UTC, for the times that are shown and for dates that are given',
    )
    .option(
      '--workspace <gid>',
      'the "Domain ID" from Settings in the admin console; with --from: only events of this workspace',
    )
    .option('--base-url <url>', 'the URL of the Asana API (default https://app.asana.com/api/1.0)')
    .addOption(requestsPerMinute)
    .option(
      '--give-up-after <duration>',
      'end after this long without a response from Asana (default 15m, or 30s before the first response)',
    )
    .addOption(choiceOption('--log <form>', 'what to write to stderr (default: human)', logForms))

/** Flags for the source of events and their time range. */
export type SourceFlags = FlagsOf<typeof withSourceFlags>
