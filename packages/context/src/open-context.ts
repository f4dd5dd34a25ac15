import { type OptionNames, refuseUnknownOptions } from '@asana-audit/core/sink-kit'
import type { ContextOf } from '@asana-audit/schema/context'
import { known } from './entry-fields.ts'

export interface ContextOptions {
  /**
   * Whether the text of the user agent is read: the client, its version and the operating system.
   * @default false
   */
  readonly userAgent?: boolean | undefined
  /** The path of a City or Country database in the format of MaxMind, for where the client is. Read again when it changes. */
  readonly geoFile?: string | undefined
  /** The path of an ASN or ISP database in this format, for the network of the client. Read again when it changes. */
  readonly asnFile?: string | undefined
  /** Called with `{ code, message }` when what an earlier file held stays in use, once for each cause. */
  readonly onWarning?: ((warning: ContextWarning) => void) | undefined
}

/** What a person should know, although every event goes on. */
export interface ContextWarning {
  readonly code: 'old_database'
  readonly message: string
}

/** Finds the context of events. It never throws, and waits for nothing. */
export interface OpenContext extends ContextOf {
  /** Why what an earlier file held is in use, as sentences. Undefined if every file is used as it is now. */
  oldBecause(): string | undefined
}

const optionNames: OptionNames<ContextOptions> = {
  ...{ userAgent: true, geoFile: true, asnFile: true, onWarning: true },
}

/**
 * Opens what finds the context of events: a function for the option `context` of whatever maps an event. Loads only what is asked for.
 * Rejects with a fatal `bad_database` for a file that cannot be used, and `unknown_option`.
 */
export async function openContext(options: ContextOptions): Promise<OpenContext> {
  refuseUnknownOptions('openContext', optionNames, options)
  const { userAgent = false, geoFile, asnFile, onWarning } = options
  const userAgentOf = userAgent ? (await import('./user-agent-of.ts')).userAgentOf : undefined
  const isLookedUp = geoFile !== undefined || asnFile !== undefined
  const databases = isLookedUp
    ? await (await import('./databases.ts')).openDatabases(geoFile, asnFile)
    : undefined
  const contextOf: ContextOf = ({ context }) =>
    known({
      userAgent: userAgentOf?.(context?.user_agent),
      ...databases?.contextOf(context?.client_ip_address),
    })
  const open = Object.assign(contextOf, { oldBecause: () => databases?.oldBecause() })
  return onWarning ? tellOldDatabase(open, onWarning) : open
}

/** The same context. `tell` hears when what an earlier file held stays in use, once for each cause. */
export function tellOldDatabase(context: OpenContext, tell: (warning: ContextWarning) => void): OpenContext {
  let told: string | undefined
  const telling: OpenContext = Object.assign(
    (event: Parameters<OpenContext>[0]) => {
      const found = context(event)
      const message = context.oldBecause()
      if (message !== undefined && message !== told) tell({ code: 'old_database', message })
      told = message
      return found
    },
    { oldBecause: () => context.oldBecause() },
  )
  return telling
}
