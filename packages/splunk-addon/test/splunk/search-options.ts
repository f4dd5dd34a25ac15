import type { Conf } from '../../src/conf.ts'
export type Row = Map<string, readonly string[]>

export interface SearchOptions {
  readonly macros: Conf
  /** Seconds since 1970. */
  readonly now: number
  /** The time range chosen beside the search, as time modifiers. */
  readonly earliest?: string
  readonly latest?: string
  /** What `iplocation` knows about an address. */
  readonly places?: Readonly<Record<string, Readonly<Record<string, string | number>>>>
}
