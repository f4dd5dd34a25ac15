import type { ArchiveFormat } from '@asana-audit/archive'

/** Programs that are measured from outside, as their users start them. */
export type ProgramName =
  | 'run'
  | 'run --once'
  | 'backfill'
  | '--version'
  | 'node -e 0'
  | 'script'
  | 'collector'

export type Destination = 'otlp' | 'hec' | 'file'

/** The settings of variants; each variant reads only some of them. */
export interface VariantOptions {
  readonly to?: 'otlp' | 'hec' | undefined
  readonly protocol?: 'json' | 'protobuf' | undefined
  readonly compression?: 'gzip' | 'none' | undefined
  /** Concurrent requests to the destination. */
  readonly inFlight?: number | undefined
  /** Events of a page. */
  readonly limit?: number | undefined
  /** Records of a request. */
  readonly batch?: number | undefined
  /** Waits after each page until it was sent. */
  readonly flush?: boolean | undefined
  readonly destinations?: number | undefined
  readonly windows?: number | undefined
  /** How a collector gets the next page. */
  readonly pagination?: 'token' | 'timestamp' | undefined
  readonly requestsPerMinute?: number | undefined
  /** The program that a measure starts. */
  readonly program?: ProgramName | undefined
  /** The destinations of the command, one pipeline for each. Default: only OTLP. */
  readonly into?: readonly Destination[] | undefined
  /** `max_poll` of the command. */
  readonly maxPoll?: string | undefined
  /** How many days before its end a backfill begins. */
  readonly days?: number | undefined
  /** How the polling script reads: `fetch`, or the official SDK. */
  readonly reader?: 'fetch' | 'asana SDK' | undefined
  /** The limit of the container that a program runs in, its page cache included. */
  readonly memoryLimitMb?: number | undefined
  /** How long a program is measured. */
  readonly watchMs?: number | undefined
  /** Where an archive is written to: a folder, or a store that speaks S3. */
  readonly store?: 'folder' | 's3' | undefined
  /** Its path, or the address of the store. */
  readonly place?: string | undefined
  /** Of an archive. */
  readonly formats?: readonly ArchiveFormat[] | undefined
  /** The variant that writes an archive. */
  readonly writer?: 'archive-ours' | 'archive-aws-sdk' | undefined
  /** Events of the archive that is read. */
  readonly archived?: number | undefined
}

/** Where a variant reads and writes. */
export interface Setup extends VariantOptions {
  readonly asanaUrl: string
  /** The end of the log, RFC 3339. */
  readonly until: string
  readonly token: string
  readonly otlpUrl: string
  readonly hecOrigin: string
  readonly hecToken: string
  /** An empty folder, which is removed afterwards. */
  readonly folder: string
}

/** A piece of work: the whole log of a workspace, or its first events for a variant that reads nothing. */
export interface Part {
  readonly workspace: string
  readonly events: number
  /** Called with the number of events since the last call. */
  readonly onEvents: (events: number) => void
}

export interface Done {
  /** The number of events. */
  readonly events: number
  /** Ids of quarantined events. */
  readonly setAside?: readonly number[]
}

export interface Work {
  /** Prepares the work; this is not measured. */
  prepare?(part: Part): void
  /** Resolves when the work is done, as far as the variant knows. */
  run(part: Part): Promise<Done>
}

/** One way to do a piece of work, in its own process. */
export type Variant = (setup: Setup) => Work
