/** What is measured from outside, as its user starts it. */
export type ProgramName =
  | 'run'
  | 'run --once'
  | 'backfill'
  | '--version'
  | 'node -e 0'
  | 'script'
  | 'collector'

export type Destination = 'otlp' | 'hec' | 'file'

/** How a variant does its work; each reads what concerns it. */
export interface VariantOptions {
  readonly to?: 'otlp' | 'hec' | undefined
  readonly protocol?: 'json' | 'protobuf' | undefined
  readonly compression?: 'gzip' | 'none' | undefined
  /** Requests to the destination at once. */
  readonly inFlight?: number | undefined
  /** Events a page. */
  readonly limit?: number | undefined
  /** Records a request. */
  readonly batch?: number | undefined
  /** Waits after each page until it was sent. */
  readonly flush?: boolean | undefined
  readonly destinations?: number | undefined
  readonly windows?: number | undefined
  /** How a collector goes from page to page. */
  readonly pagination?: 'token' | 'timestamp' | undefined
  readonly requestsPerMinute?: number | undefined
  /** What a measure starts. */
  readonly program?: ProgramName | undefined
  /** Pipelines of the command, one for each. Default: OTLP alone. */
  readonly into?: readonly Destination[] | undefined
  /** `max_poll` of the command. */
  readonly maxPoll?: string | undefined
  /** How many days before its end a backfill begins. */
  readonly days?: number | undefined
  /** How the polling script reads: `fetch`, or the official SDK. */
  readonly reader?: 'fetch' | 'asana SDK' | undefined
  /** How long a program is watched. */
  readonly watchMs?: number | undefined
}

/** Where a variant reads and writes. */
export interface Setup extends VariantOptions {
  readonly asanaUrl: string
  /** RFC 3339: where the log ends. */
  readonly until: string
  readonly token: string
  readonly otlpUrl: string
  readonly hecOrigin: string
  readonly hecToken: string
  /** Empty, and gone afterwards. */
  readonly folder: string
}

/** A piece of work: all of the log of a workspace, or, of a variant that reads nothing, its first events. */
export interface Part {
  readonly workspace: string
  readonly events: number
  /** Called with how many events were done since the last call. */
  readonly onEvents: (events: number) => void
}

export interface Done {
  /** How many events it was. */
  readonly events: number
  /** Ids of what was kept with a reason instead of being delivered. */
  readonly setAside?: readonly number[]
}

export interface Work {
  /** What is there before the work begins; not measured. */
  prepare?(part: Part): void
  /** Resolves when the work is done, as far as its maker can tell. */
  run(part: Part): Promise<Done>
}

/** One way to do a piece of work, in a process of its own. */
export type Variant = (setup: Setup) => Work
