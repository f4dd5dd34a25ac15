import { type Command, Option } from 'commander'
import { logForms, uncertainPolicies } from '../config/choice.ts'
import { dialects } from '../dialect.ts'

/** For the end of a command's help. */
export const environment: string = `
Environment:
  ASANA_TOKEN, ASANA_TOKEN_FILE   a service account's token, or the file it is
                                  in (read before every request)
  ASANA_WORKSPACE, ASANA_BASE_URL the same as --workspace and --base-url
  ASANA_CA_FILE                   PEM certificates to trust for Asana, for a
                                  proxy that inspects
  ASANA_AUDIT_STATE               the same as --state
  OTEL_EXPORTER_OTLP_*            the destination otlp: endpoint, headers,
                                  protocol, compression, timeout, certificates
  SPLUNK_HEC_*                    the destination splunk-hec: URL, TOKEN or
                                  TOKEN_FILE, INDEX, SOURCETYPE, SOURCE, HOST,
                                  CA_FILE, INSECURE, ALLOW_PLAIN_HTTP, ACK
  OTEL_RESOURCE_ATTRIBUTES,
  OTEL_SERVICE_NAME               resource attributes over ours
  HTTPS_PROXY, HTTP_PROXY, ALL_PROXY, NO_PROXY

Exit status: 0 done or stopped, 1 failed, 2 wrong configuration, 3 finished with
events newly in quarantine (detect: with hits), 130 left at the second signal.
`

/** Collects the values of an option that may be given more than once. */
export function repeated(value: string, before: string[] | undefined): string[] {
  return [...(before ?? []), value]
}

/** With its choices in the help. A wrong one is said together with everything else that is wrong: see `choiceProblem`. */
export function choiceOption(flags: string, description: string, choices: readonly string[]): Option {
  return new Option(flags, description).choices(choices).argParser((value: string) => value)
}

/** For the commands that read events and deliver nothing. */
export function sourceOptions(command: Command, files = 'archives of OTLP JSON lines, gzip too'): Command {
  return command
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
}

const firstStart =
  'where to start the first time: 2026-01-31T08:00:00Z, 2026-01-31 or 31d (default: the oldest event, 90 days)'

/** What describes pipelines, and where the state is. */
export function pipelineOptions(command: Command, since = firstStart): Command {
  return command
    .option('--config <file>', 'pipelines in a YAML file, instead of the flags that describe one')
    .option('--to <destination>', 'otlp, splunk-hec, file:PATH or stdout; may be repeated', repeated)
    .option(
      '--format <dialect>',
      `for file:PATH and stdout: ${dialects.join(', ')} (default otlp, OTLP JSON lines)`,
    )
    .option('--hec-format <format>', 'for splunk-hec: asana (the event) or otel (as the Collector writes it)')
    .option('--name <name>', 'of the position in the state (default: workspace and destination)')
    .option('--workspace <gid>', 'the "Domain ID" from Settings in the admin console')
    .option('--since <time>', since)
    .option('--event-type <type>', 'only this type; may be repeated', repeated)
    .option('--actor-type <type>', 'only these actors; may be repeated', repeated)
    .option('--actor-gid <gid>', 'only this actor')
    .option('--actor-email <address>', 'only this actor, by e-mail')
    .option('--resource-gid <gid>', 'only this resource')
    .option('--limit <number>', 'events a request (default: what Asana gives)')
    .option('--base-url <url>', 'where Asana is (default https://app.asana.com/api/1.0)')
    .option('--state <path>', 'where positions are kept (default ~/.local/state/asana-audit/state.db)')
}

/** For the commands that deliver. */
export function deliverOptions(command: Command): Command {
  return command
    .option(
      '--give-up-after <duration>',
      'end after so long without progress (default 15m, 30s before the first success; run without --once or --exit-on-fatal never does)',
    )
    .option('--requests-per-minute <number>', 'most requests to Asana with one token (default 1200)')
    .addOption(
      choiceOption(
        '--on-uncertain <policy>',
        'when the destination took an unknown part of a write: set it aside (default), stop before it, or resend it in halves, for stores that drop repeats by id',
        uncertainPolicies,
      ),
    )
    .addOption(
      choiceOption(
        '--log <form>',
        'what to write to stderr (default: human on a terminal, else json)',
        logForms,
      ),
    )
    .addOption(new Option('--json', 'the same as --log json').implies({ log: 'json' }))
}

/** For commands that need the state and no pipeline. */
export function stateOptions(command: Command): Command {
  return command
    .option('--state <path>', 'the state to look at (default ~/.local/state/asana-audit/state.db)')
    .option('--config <file>', 'the YAML file that names the state')
}

/** For the beginning of a command's help: people look at an example first. */
export function examples(...lines: string[]): string {
  return `Examples:\n${lines.map((line) => `  asana-audit ${line}\n`).join('')}`
}
