import { dialects } from '../dialect.ts'
import { hecFormats, uncertainPolicies } from './choice.ts'
import { Command, choiceOption, type FlagsOf, Option, repeated } from './command.ts'
import { asnFile, geoFile, parseUserAgent, provenance } from './context-flags.ts'
import { actorEmail, actorGid, actorType, eventType, resourceGid } from './filter-flags.ts'
import { jsonLog, logForm, logLevel } from './log-flags.ts'

const firstStart =
  'where to begin at the first start: 2026-01-31T08:00:00Z, 2026-01-31 or 31d (default: the oldest event, 90 days)'

const everyDestination =
  'otlp, splunk-hec, panther-http, file:PATH, archive:PATH, archive:s3://BUCKET/PREFIX or stdout; may be repeated'

/** A command with the flags for pipelines and for the path of the state. `since` and `to` are the help texts of these flags. */
export const withPipelineFlags = (name: string, since = firstStart, to = everyDestination) =>
  new Command(name)
    .option('--config <file>', 'a YAML file with pipelines, instead of flags for one pipeline')
    .option('--to <destination>', to, repeated)
    .addOption(
      choiceOption(
        '--format <dialect>',
        'for file:PATH and stdout (default otlp, OTLP JSON lines)',
        dialects,
      ),
    )
    .addOption(
      choiceOption(
        '--hec-format <format>',
        'for splunk-hec: the event (asana), or as the Collector writes it',
        hecFormats,
      ),
    )
    .option(
      '--archive-formats <list>',
      'for archive, with commas: jsonl (JSON lines, default), flat (Parquet); beside one of them ocsf (for Security Lake; a folder needs ocsf_region, in a file for --config), ocsf_jsonl, ecs, cim',
    )
    .option('--name <name>', 'the name of the pipeline in the state (default: workspace and destination)')
    .option('--workspace <gid>', 'the "Domain ID" from Settings in the admin console')
    .option('--since <time>', since)
    .addOption(eventType)
    .addOption(actorType)
    .addOption(actorGid)
    .addOption(actorEmail)
    .addOption(resourceGid)
    .addOption(parseUserAgent)
    .addOption(geoFile)
    .addOption(asnFile)
    .addOption(provenance)
    .option('--limit <number>', 'events in a page (default: Asana decides)')
    .option('--base-url <url>', 'the URL of the Asana API (default https://app.asana.com/api/1.0)')
    .option(
      '--state <path>',
      'where the state is: a file (default ~/.local/state/asana-audit/state.db), or postgres://user@host/database',
    )

export type PipelineFlags = FlagsOf<typeof withPipelineFlags>

export const requestsPerMinute = new Option(
  '--requests-per-minute <number>',
  'most requests to Asana with one token (default 1200)',
)

/** A command that delivers. */
export const withDeliverFlags = (name: string, since?: string, to?: string) =>
  withPipelineFlags(name, since, to)
    .option(
      '--give-up-after <duration>',
      'end after this long without progress (default 15m, or 30s before the first success; run without --once or --exit-on-fatal never gives up)',
    )
    .addOption(requestsPerMinute)
    .addOption(
      choiceOption(
        '--on-uncertain <policy>',
        'if the destination accepted an unknown part of a write: quarantine it (default), stop before it, or resend it in halves (for stores that drop repeats by id)',
        uncertainPolicies,
      ),
    )
    .addOption(logForm)
    .addOption(logLevel)
    .addOption(jsonLog)

export type DeliverFlags = FlagsOf<typeof withDeliverFlags>
