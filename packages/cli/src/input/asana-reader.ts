import { asanaSource, httpClient, type OnFact, requestBudget } from '@asana-audit/core'
import type { PipelineSettings } from '../config/pipeline/pipeline-settings.ts'
import type { Warning } from '../terminal/problem.ts'
import { type EventFilter, eventMatcher } from './events/event-filter.ts'
import { type EventReader, noteProblem } from './reader/reading.ts'
import { recentGids } from './reader/recent-gids.ts'

export interface AsanaReaderOptions {
  readonly pipeline: PipelineSettings
  readonly requestsPerMinute: number
  /** Milliseconds without an answer after which a temporary fault is given up. */
  readonly giveUpAfterMs: { readonly untilFirstPage: number; readonly afterwards: number }
  readonly onFact: OnFact
  readonly onWarning: (warning: Warning) => void
}

/** Reads Asana's audit log up to the first empty page. Reads and writes no state. */
export function asanaReader(options: AsanaReaderOptions): EventReader {
  const { pipeline, requestsPerMinute, giveUpAfterMs, onFact, onWarning } = options
  const { workspace, token, baseUrl, limit, maxResponseBytes, fieldPolicy } = pipeline
  const http = httpClient(pipeline.http, onWarning)
  const secret = token.reader(onWarning)
  const budget = requestBudget({ perMinute: requestsPerMinute })
  return {
    async *read({ since, until, filter }, reading) {
      const { asked, left } = split(filter)
      const matches = eventMatcher(left)
      const wasRead = recentGids()
      reading.askedFor.splice(0, reading.askedFor.length, ...namesOf(asked))
      const source = asanaSource({
        workspace,
        token: secret,
        baseUrl,
        http,
        budget,
        filters: asked,
        since,
        until,
        once: true,
        limit,
        maxResponseBytes,
        fieldPolicy,
        giveUpAfterMs,
        onFact,
      })
      for await (const { events, malformed } of source.read()) {
        reading.lost += malformed.length
        for (const { reason } of malformed)
          noteProblem(reading, `Asana sent something that is not an event: ${reason}.`)
        for (const event of events) {
          // The source reads the settled window twice on purpose, so these repeats are not reported.
          if (wasRead(event.gid)) continue
          reading.events += 1
          reading.at = event.created_at
          if (matches(event)) yield event
        }
      }
    },
    close: () => http.close(),
  }
}

function namesOf(asked: Parameters<typeof asanaSource>[0]['filters']): string[] {
  const names = {
    eventType: 'type',
    actorType: 'kind of actor',
    actorGid: 'actor',
    actorEmail: 'e-mail address',
    resourceGid: 'resource',
  } as const
  return Object.entries(asked ?? {}).flatMap(([name, value]) =>
    value === undefined ? [] : [names[name as keyof typeof names]],
  )
}

/** Splits a filter into the part Asana can apply and the part left for us. Asana accepts one type, and no actor type together with an actor. */
function split(filter: EventFilter): {
  asked: Parameters<typeof asanaSource>[0]['filters']
  left: EventFilter
} {
  const { eventTypes, actorTypes, actorGid, actorEmail, resourceGid, ...left } = filter
  const [eventType, ...moreTypes] = eventTypes ?? []
  const [actorType, ...moreActorTypes] = actorTypes ?? []
  const oneType = moreTypes.length === 0
  const oneActorType = moreActorTypes.length === 0 && actorGid === undefined
  return {
    asked: {
      eventType: oneType ? eventType : undefined,
      actorType: oneActorType ? actorType : undefined,
      actorGid,
      actorEmail,
      resourceGid,
    },
    left: {
      ...left,
      eventTypes: oneType ? undefined : eventTypes,
      actorTypes: oneActorType ? undefined : actorTypes,
    },
  }
}
