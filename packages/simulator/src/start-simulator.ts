/// <reference lib="esnext.disposable" preserve="true" />

import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { AuditLogEvent } from '@asana-audit/schema'
import { checkNames, checkOption, isShare, isWhole } from './check-option.ts'
import { day, hour } from './duration.ts'
import type { EventMix } from './events/event-mix.ts'
import { generateEvents } from './events/generate-events.ts'
import { createGrowth, type GrowthPlan } from './events/growth.ts'
import { basePath, horizonOf, type World } from './server/answer.ts'
import { createEventLog } from './server/event-log.ts'
import { createFaults } from './server/faults.ts'
import { createOffsets } from './server/offset.ts'
import { createRequestHandler } from './server/request-handler.ts'
import type { ServedRequest } from './server/served-request.ts'
import { createStats, type SimulatorStats } from './server/stats.ts'
import { completeSettings, type SimulatorSettings, settingNames } from './settings.ts'
import type { StoryName } from './stories/stories.ts'

export interface SimulatorOptions extends SimulatorSettings {
  /**
   * Port to listen on. 0 chooses a free port.
   * @default 0
   */
  port?: number
  /**
   * Address to listen on.
   * @default '127.0.0.1'
   */
  host?: string
  /**
   * Gid of the only workspace.
   * @default '1234567890123456'
   */
  workspace?: string
  /**
   * How many events to generate, or your own list in order of arrival, served unchanged in any shape.
   * @default 1000
   */
  events?: number | readonly unknown[]
  /**
   * The same seed gives the same events and growth.
   * @default 1
   */
  seed?: number
  /**
   * How many days back generated events go. The oldest are an hour younger than the retention.
   * @default 90
   */
  days?: number
  /**
   * Share of events with the same `created_at` as the one before, 0 to 1.
   * @default 0
   */
  equalTimes?: number
  /**
   * `catalogue` has every type of event. `everyday` has the events of a quiet week in which no setting changes and
   * nobody leaves.
   * @default 'catalogue'
   */
  mix?: EventMix
  /** Attacks to add to `events`. `storyNames` has all names, `stories` describes each. */
  stories?: readonly StoryName[]
  /** New events that arrive as time passes: `{ perMinute, lateShare?, lateByMs? }`. `add` and `grow` add more. */
  growth?: GrowthPlan
  /**
   * The clock for retention, expiry, quota, growth and the `Date` header: milliseconds since 1970.
   * @default `Date.now`
   */
  now?: () => number
  /**
   * Called with method, URL, status, fault and number of events of each request. An error it throws ends the process.
   */
  onRequest?: (request: ServedRequest) => void
}

/** `await using` ends it. */
export interface Simulator extends AsyncDisposable {
  /** The base URL, ending in `/api/1.0`. */
  readonly url: string
  readonly workspace: string
  /** All events that exist now, ascending by `created_at`, then by arrival. */
  readonly events: readonly AuditLogEvent[]
  /** A snapshot. */
  readonly stats: SimulatorStats
  /** Adds events that arrive now, with any `created_at`: an event older than those already read is a late event. */
  add(events: readonly unknown[]): void
  /** Generates events of the last minute, adds them, and returns them. */
  grow(count: number): readonly AuditLogEvent[]
  /** Changes settings from the next request on. New `faults` count attempts anew. */
  set(changes: SimulatorSettings): void
  /** Makes every offset issued so far expire. */
  expireOffsets(): void
  /** Ends the server and every connection, and resolves when all are closed. A second call does nothing. */
  close(): Promise<void>
}

/** Complete by its type. */
const ownOptions: Record<Exclude<keyof SimulatorOptions, keyof SimulatorSettings>, true> = {
  ...{ port: true, host: true, workspace: true, events: true, seed: true, days: true, equalTimes: true },
  ...{ mix: true, stories: true, growth: true, now: true, onRequest: true },
}
const optionNames: readonly string[] = [...Object.keys(ownOptions), ...settingNames]

/**
 * Starts a stand-in for Asana's Audit Log API (https://developers.asana.com/reference/getauditlogevents). Resolves
 * once it listens; rejects with a `TypeError` whose `code` is `invalid_option`, or with Node's own error if the port
 * is not available.
 */
export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  checkNames(options, optionNames)
  checkNames(options.growth ?? {}, ['perMinute', 'lateShare', 'lateByMs'], 'growth.')
  const { port = 0, host = '127.0.0.1', workspace = '1234567890123456', seed = 1, now = Date.now } = options
  let settings = completeSettings(options)
  let faults = createFaults(settings.faults)
  const offsets = createOffsets(`simulator ${seed}`)
  const stats = createStats()
  const stopped = new AbortController()

  const startedAt = now()
  const initial = initialEvents(options, workspace, startedAt - horizonOf(startedAt, settings), startedAt)
  const log = createEventLog()
  log.add(initial, startedAt)
  const growth = createGrowth({
    seed,
    workspace,
    startedAt,
    alreadyThere: initial.length,
    plan: options.growth,
  })

  /** Adds the events that are due, and returns the time. */
  function catchUp(): number {
    const instant = now()
    log.add([...growth.until(instant)], instant)
    return instant
  }

  const handle = createRequestHandler({
    world: (): World => ({ workspace, origin, settings, log, offsets, now: catchUp() }),
    faults: () => faults,
    stats,
    onRequest: options.onRequest,
    stopped: stopped.signal,
  })
  const server = createServer({ keepAliveTimeout: 65_000 }, handle)
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      server.off('error', reject)
      resolve()
    })
  })
  const { port: boundPort } = server.address() as AddressInfo
  const origin = `http://${host.includes(':') ? `[${host}]` : host}:${boundPort}`

  let closed: Promise<void> | undefined
  const close = (): Promise<void> => {
    stopped.abort()
    closed ??= new Promise((resolve) => {
      server.close(() => resolve())
      server.closeAllConnections()
    })
    return closed
  }
  return {
    url: `${origin}${basePath}`,
    workspace,
    get events() {
      return log.retained(horizonOf(catchUp(), settings))
    },
    get stats() {
      return stats.snapshot()
    },
    add(events) {
      log.add(events, catchUp())
    },
    grow(count) {
      const instant = catchUp()
      const grown = growth.now(count, instant, log.newest())
      log.add(grown, instant)
      return grown
    },
    set(changes) {
      checkNames(changes, settingNames)
      settings = completeSettings(changes, settings)
      if (changes.faults !== undefined) faults = createFaults(settings.faults)
    },
    expireOffsets() {
      offsets.expireAll()
    },
    close,
    [Symbol.asyncDispose]: close,
  }
}

function initialEvents(
  { events = 1000, seed = 1, days = 90, equalTimes = 0, mix = 'catalogue', stories = [] }: SimulatorOptions,
  workspace: string,
  retentionMs: number,
  now: number,
): readonly unknown[] {
  if (typeof events !== 'number') return events
  checkOption('events', isWhole(events, 0), 'a whole number from 0, or a list of events')
  checkOption('days', days > 0, 'a number of days above 0')
  checkOption('equalTimes', isShare(equalTimes), 'a share from 0 to 1')
  // The oldest generated events are an hour younger than the retention, so that they do not vanish during a test.
  const from = now - Math.min(days * day, Math.max(retentionMs - hour, 0))
  return generateEvents({ count: events, seed, from, until: now, workspace, equalTimes, mix, stories })
}
