import { type OptionNames, refuseUnknownOptions } from '@asana-audit/core/sink-kit'
import type { ContextOf } from '@asana-audit/schema/context'
import type { ContextWarning } from './context-warning.ts'
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
  /** Called with `{ code, message }` when what an earlier file held stays in use, and when an entry is damaged; once for each cause. */
  readonly onWarning?: ((warning: ContextWarning) => void) | undefined
}

/** Finds the context of events. It never throws, and waits for nothing. */
export interface OpenContext extends ContextOf {
  /** What is wrong with the files now; of each code one at most. */
  warnings(): readonly ContextWarning[]
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
  const open = Object.assign(contextOf, { warnings: () => databases?.warnings() ?? [] })
  return onWarning ? tellWarnings(open, onWarning) : open
}

/** The same context. `tell` hears its warnings, each once until it has ended or has another cause. */
export function tellWarnings(context: OpenContext, tell: (warning: ContextWarning) => void): OpenContext {
  let told = new Set<string>()
  const telling: OpenContext = Object.assign(
    (event: Parameters<OpenContext>[0]) => {
      const found = context(event)
      const warnings = context.warnings()
      for (const warning of warnings) if (!told.has(warning.message)) tell(warning)
      if (warnings.length > 0 || told.size > 0) told = new Set(warnings.map(({ message }) => message))
      return found
    },
    { warnings: () => context.warnings() },
  )
  return telling
}
