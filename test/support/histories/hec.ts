import type { ServerResponse } from 'node:http'
import { type Answers, breakOff, type Reception } from './answers.ts'

type EventFault =
  | 'server busy'
  | 'near capacity'
  | 'wrong index'
  | 'server error'
  | 'taken, and server error'
  | 429
  | 'html'
  | 'reset'
  | 'lost'
  | 'cut short'
type ChannelFault = 'restart' | 'invalid channel' | 'no ackId'
type AckFault = 'ack unavailable' | 'ack html' | 'ack reset' | 'ack lost'

const eventFaults: readonly [EventFault, ...EventFault[]] = [
  'server busy',
  'near capacity',
  'wrong index',
  'server error',
  'taken, and server error',
  429,
  'html',
  'reset',
  'lost',
  'cut short',
]
const channelFaults: readonly ChannelFault[] = ['restart', 'invalid channel', 'no ackId']
const ackFaults: readonly [AckFault, ...AckFault[]] = ['ack unavailable', 'ack html', 'ack reset', 'ack lost']

interface Channel {
  next: number
  readonly waiting: Map<number, { readonly about: readonly string[]; asksLeft: number }>
}

/** A collector of Splunk, with indexer acknowledgement if the plan says so. It answers `true` once for an id, and only that counts. */
export function hecAnswers(reception: Reception): Answers {
  const { destination, mostRecords } = reception.plan
  const ack = destination === 'hec with ack'
  const channels = new Map<string, Channel>()

  function channelOf(guid: string): Channel {
    const channel = channels.get(guid) ?? { next: 0, waiting: new Map() }
    channels.set(guid, channel)
    return channel
  }

  /** Accepts events. With acknowledgement it may lose them afterwards, and then it never acknowledges them. */
  function taken(ids: readonly string[], guid: string): { ackId?: number } {
    if (ids.length === 0) return {}
    const fate = ack ? reception.strike('index', ids, ['ack late', 'ack never', 'dropped']) : undefined
    if (fate !== 'dropped') reception.take(ids)
    if (!ack) return {}
    const channel = channelOf(guid)
    const ackId = channel.next++
    const asksLeft = fate === undefined ? 1 : fate === 'ack late' ? 3 : Number.POSITIVE_INFINITY
    channel.waiting.set(ackId, { about: ids, asksLeft })
    return { ackId }
  }

  function receive(ids: readonly string[], guid: string, response: ServerResponse): void {
    const say = (status: number, code: number, more: object = {}): void =>
      answer(response, status, { text: `Code ${code}`, code, ...more })
    const unheard = (): void => {
      // With acknowledgement, the sender does not depend on an answer before it asks about the id.
      if (ack) taken(ids, guid)
      else reception.takeUnheard(ids)
    }
    const answers: Record<EventFault | ChannelFault | 'none', () => void> = {
      none: () => say(200, 0, taken(ids, guid)),
      'near capacity': () => say(200, 24, taken(ids, guid)),
      'server busy': () => say(503, 9),
      // This code names the event after the bad one.
      'wrong index'() {
        const good = ids.slice(0, Math.floor(ids.length / 2))
        say(400, 7, { 'invalid-event-number': good.length + 1, ...taken(good, guid) })
      },
      'server error': () => say(500, 8),
      'taken, and server error'() {
        unheard()
        say(500, 8)
      },
      429: () => answer(response, 429, 'Slow down.'),
      html: () => answer(response, 200, '<html><h1>Sign in</h1></html>'),
      reset: () => response.socket?.resetAndDestroy(),
      lost() {
        unheard()
        response.socket?.resetAndDestroy()
      },
      'cut short'() {
        unheard()
        breakOff(response)
      },
      restart() {
        channels.clear()
        say(200, 0, taken(ids, guid))
      },
      'invalid channel': () => say(400, 11),
      'no ackId'() {
        taken(ids, guid)
        say(200, 0)
      },
    }
    const bad = ids.findIndex(reception.isRefused)
    if (ids.length > mostRecords) answer(response, 413, '<html>Too large</html>')
    else if (bad >= 0) {
      reception.saw('event refused')
      say(400, 6, { 'invalid-event-number': bad, ...taken(ids.slice(0, bad), guid) })
    } else {
      const kinds = ack ? ([...eventFaults, ...channelFaults] as const) : eventFaults
      answers[reception.strike('write', ids, kinds as readonly [EventFault, ...EventFault[]]) ?? 'none']()
    }
  }

  function tell(asked: readonly number[], { waiting }: Channel, response: ServerResponse): void {
    const about = asked.flatMap((id) => waiting.get(id)?.about ?? [])
    const fault = reception.strike('ack', about, ackFaults)
    if (fault !== undefined && fault !== 'ack lost') {
      if (fault === 'ack unavailable') answer(response, 503, { text: 'ACK unavailable', code: 19 })
      else if (fault === 'ack html') answer(response, 200, '<html></html>')
      else response.socket?.resetAndDestroy()
      return
    }
    const acks = asked.map((id) => {
      const entry = waiting.get(id)
      if (entry) entry.asksLeft -= 1
      const indexed = entry !== undefined && entry.asksLeft <= 0
      if (indexed) waiting.delete(id)
      return [id, indexed] as const
    })
    if (fault === 'ack lost') breakOff(response)
    else answer(response, 200, { acks: Object.fromEntries(acks) })
  }

  return ({ path, headers, body }, response) => {
    const guid = String(headers['x-splunk-request-channel'])
    const lines = body.toString('utf8').split('\n')
    if (path.endsWith('/ack')) {
      tell((JSON.parse(lines[0] ?? '') as { acks: number[] }).acks, channelOf(guid), response)
    } else {
      receive(lines.map(idOf), guid, response)
    }
  }
}

function idOf(envelope: string): string {
  const { fields } = JSON.parse(envelope) as { fields: Readonly<Record<string, unknown>> }
  return String(fields['log.record.uid'])
}

function answer(response: ServerResponse, status: number, body: object | string): void {
  const isText = typeof body === 'string'
  response.writeHead(status, { 'content-type': isText ? 'text/html' : 'application/json' })
  response.end(isText ? body : JSON.stringify(body))
}
