import {
  type Delivered,
  type DeliverLanesOptions,
  deliverLanes,
  type Fact,
  type Fault,
  type LaneName,
  type State,
  toFault,
} from '@asana-audit/core'
import { type OptionNames, refuseUnknownOptions } from '@asana-audit/core/sink-kit'
import { type AuditLogRecord, type LogRecordOptions, toLogRecord } from '@asana-audit/schema'
import { ATTR_ASANA_WORKSPACE_GID } from '@asana-audit/schema/semconv'
import type { LoggerProvider } from './logger-provider.ts'
import {
  type LoggerProviderSinkOptions,
  loggerProviderSink,
  sinkOptionNames,
} from './logger-provider-sink.ts'
import { toldWarnings } from './told-warnings.ts'
import { guardedWarning, warnByNode } from './warning.ts'

export interface AsanaAuditLogsOptions extends LoggerProviderSinkOptions {
  /** The host's provider: a `LoggerProvider` of `@opentelemetry/sdk-logs`, or the global one after the SDK was started. */
  readonly loggerProvider: LoggerProvider
  /** Where the position is saved, such as `sqliteState({ path })`. The host closes it, after the stop. */
  readonly state: State
  /** `workspace`, `token` and other options of `deliverLanes` for its source. */
  readonly source: DeliverLanesOptions<AuditLogRecord>['source']
  /**
   * The name of the position in the state. Two that run at once need two names.
   * @default 'opentelemetry'
   */
  readonly pipeline?: string | undefined
  /**
   * Options of `toLogRecord`, such as `fieldPolicy`.
   * @default its own
   */
  readonly record?: LogRecordOptions | undefined
  /** Called with each fact and its lane, as by `deliverLanes`. It must not throw. */
  readonly onFact?: ((fact: Fact, lane: LaneName) => void) | undefined
  /**
   * How long a pause lasts after a fault that a person must fix, in milliseconds.
   * @default as `deliver`
   */
  readonly pauseMs?: number | undefined
  /**
   * How long a write may go on after the stop, in milliseconds.
   * @default as `deliver`
   */
  readonly graceMs?: number | undefined
}

/** How it ended: with what was delivered, or by a fault that cannot pass while the process runs. */
export type Ended = { readonly delivered: Delivered; readonly fault?: undefined } | EndedByFault

interface EndedByFault {
  readonly delivered?: undefined
  readonly fault: Fault
}

export interface AsanaAuditLogs extends AsyncDisposable {
  /** Never rejects: what happens here must not end the host. */
  readonly ended: Promise<Ended>
  /** Ends the waits, saves the position of all that was exported, and resolves as `ended`. Then shut the SDK down. */
  stop(): Promise<Ended>
}

const names: OptionNames<AsanaAuditLogsOptions> = {
  ...sinkOptionNames,
  ...{ loggerProvider: true, state: true, source: true, pipeline: true, record: true, onFact: true },
  ...{ pauseMs: true, graceMs: true },
}

/**
 * Reads Asana's audit log and emits each event through the host's LoggerProvider, new events at once and the backlog
 * beside them, until it is stopped. It registers nothing global. Each record has the attribute `asana.workspace.gid`,
 * because its resource is the host's. Throws at once if the provider or an option of the sink cannot work; everything
 * else is a warning and the end of `ended`.
 */
export function asanaAuditLogs(options: AsanaAuditLogsOptions): AsanaAuditLogs {
  refuseUnknownOptions('asanaAuditLogs', names, options)
  const {
    loggerProvider,
    state,
    source,
    pipeline = 'opentelemetry',
    record,
    onFact,
    pauseMs,
    graceMs,
  } = options
  const { tracked, maxRecords, timeoutMs, clock } = options
  const onWarning = guardedWarning(options.onWarning ?? warnByNode)
  const sink = loggerProviderSink(loggerProvider, { tracked, maxRecords, timeoutMs, clock, onWarning })
  const stopping = new AbortController()
  const told = toldWarnings()

  async function run(): Promise<Ended> {
    try {
      const delivered = await deliverLanes<AuditLogRecord>({
        ...{ pipeline, state, source, sink, pauseMs, graceMs, clock },
        map: (event) => inWorkspace(toLogRecord(event, record), source.workspace),
        signal: stopping.signal,
        onFact(fact, lane) {
          for (const warning of told(fact, lane)) onWarning(warning)
          onFact?.(fact, lane)
        },
      })
      return { delivered }
    } catch (error) {
      const fault = toFault(error)
      onWarning({ code: 'ended', message: `The delivery of Asana's audit log ended: ${fault.message}` })
      return { fault }
    }
  }

  const ended = run()
  const stop = (): Promise<Ended> => {
    stopping.abort()
    return ended
  }
  return {
    ended,
    stop,
    async [Symbol.asyncDispose]() {
      await stop()
    },
  }
}

/** For a host, the events of several workspaces have one resource. */
function inWorkspace(record: AuditLogRecord, workspace: string): AuditLogRecord {
  return { ...record, attributes: { ...record.attributes, [ATTR_ASANA_WORKSPACE_GID]: workspace } }
}
