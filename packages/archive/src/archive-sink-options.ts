import type { Clock } from '@asana-audit/core'
import { type OptionNames, refuseUnknownOptions } from '@asana-audit/core/sink-kit'
import type { OnArchiveWarning } from './archive-warning.ts'
import { type Compression, compressions } from './compression.ts'
import { archiveFormatsProblem } from './formats/formats-problem.ts'
import type { ArchiveFormat } from './formats/object-form.ts'
import { type OcsfFormatOptions, ocsfProblem } from './formats/ocsf/ocsf-parquet.ts'
import type { ArchiveViewOptions } from './formats/view-options.ts'
import type { ChainHead } from './manifest/manifest-chain.ts'
import type { ObjectStore } from './store/object-store.ts'

export interface ArchiveSinkOptions {
  /** Where objects are kept: `folderStore({ path })` or `s3Store({ … })`. The sink closes it. */
  readonly store: ObjectStore
  /** The name of the chain in the manifest. Each pipeline that writes to the same place needs its own. */
  readonly lane: string
  /**
   * How events are kept: `jsonl` (JSON lines), `flat` (Parquet with columns to ask by, and the event as text), or both, each in its own
   * objects; and beside one of these views, which do not give the events back: `ocsf` (Parquet for Amazon Security Lake), `ocsf_jsonl`,
   * `ecs` and `cim` (JSON lines).
   * @default ['jsonl']
   */
  readonly formats?: readonly ArchiveFormat[] | undefined
  /**
   * For the format `ocsf`: `{ region, accountId? }`.
   * @default none
   */
  readonly ocsf?: OcsfFormatOptions | undefined
  /**
   * For views: `{ workspace?, relevance? }`.
   * @default none
   */
  readonly view?: ArchiveViewOptions | undefined
  /**
   * Of JSON lines: `gzip` or `zstd`. Parquet has zstd.
   * @default 'gzip'
   */
  readonly compression?: Compression | undefined
  /**
   * An object is closed once it has this many events. An answer of Asana is not divided by it, so it may hold some hundred more.
   * @default 20_000
   */
  readonly maxRows?: number | undefined
  /**
   * An object is closed when the answers of Asana that it is made of reach this size, in bytes before compression.
   * @default 16_777_216
   */
  readonly maxBytes?: number | undefined
  /**
   * Longest time an event waits for others before its object is closed, in milliseconds: at most 900,000.
   * @default 900_000
   */
  readonly maxAgeMs?: number | undefined
  /**
   * The text of an Ed25519 private key in PEM, without a passphrase. Each entry of the manifest is signed with it.
   * @default none: the entries form a chain, and are not signed
   */
  readonly signingKey?: string | undefined
  /**
   * The head of the chain, `{ sequence, sha256 }`, as `onHead` was last called with it. If it is not in the chain any more, nothing is
   * written.
   * @default none
   */
  readonly head?: Pick<ChainHead, 'sequence' | 'sha256'> | undefined
  /**
   * Called with the new head, `{ lane, sequence, sha256 }`, after each entry, and awaited. Keep it where nobody who can change the archive
   * can change it. It must not reject.
   */
  readonly onHead?: ((head: ChainHead) => void | Promise<void>) | undefined
  /** Called with `{ code, message }` for what a person should know, although nothing is lost. */
  readonly onWarning?: OnArchiveWarning | undefined
  /**
   * `now`, `sleep` and `random`, for tests.
   * @default the system's
   */
  readonly clock?: Clock | undefined
}

const names: OptionNames<ArchiveSinkOptions> = {
  ...{ store: true, lane: true, formats: true, ocsf: true, view: true, compression: true },
  ...{ maxRows: true, maxBytes: true, maxAgeMs: true, signingKey: true, head: true, onHead: true },
  ...{ onWarning: true, clock: true },
}

/** Late events are looked for this often, and what was written before must be saved by then. */
export const longestAgeMs = 900_000

/** Plain JavaScript may give anything. Throws a TypeError for invalid options, and a fatal `unknown_option`. */
export function checkSinkOptions(options: ArchiveSinkOptions): void {
  refuseUnknownOptions('archiveSink', names, options)
  const {
    store,
    lane,
    formats = ['jsonl'],
    compression = 'gzip',
    maxRows = 20_000,
    maxBytes = 16_777_216,
    maxAgeMs = 900_000,
  } = options
  const wrong = (option: string, good: string): never => {
    throw new TypeError(`The option ${option} of archiveSink must be ${good}.`)
  }
  const isWhole = (value: number, least: number, most: number): boolean =>
    Number.isSafeInteger(value) && value >= least && value <= most
  if (typeof store?.create !== 'function')
    wrong('store', 'a store, as folderStore({ path }) or s3Store({ … }) gives it')
  if (typeof lane !== 'string' || lane === '') wrong('lane', 'a name, such as that of the pipeline')
  const problem = Array.isArray(formats) ? archiveFormatsProblem(formats) : 'It is not a list.'
  if (problem !== undefined)
    throw new TypeError(`The option formats of archiveSink cannot be used. ${problem}`)
  const misplaced = formats.includes('ocsf') ? ocsfProblem({ ...options.ocsf! }) : undefined
  if (misplaced) {
    const { option, message } = misplaced
    throw new TypeError(`The option ocsf.${option} of archiveSink cannot be used. ${message}`)
  }
  if (!compressions.includes(compression)) wrong('compression', compressions.join(' or '))
  if (!isWhole(maxRows, 1, 1_000_000)) wrong('maxRows', 'a whole number from 1 to 1,000,000')
  if (!isWhole(maxBytes, 1, 64 * 2 ** 20)) wrong('maxBytes', 'a whole number from 1 to 67,108,864')
  if (!isWhole(maxAgeMs, 1_000, longestAgeMs)) wrong('maxAgeMs', 'milliseconds from 1,000 to 900,000')
}
