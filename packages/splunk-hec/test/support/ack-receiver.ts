import {
  type Envelope,
  type HecReceiver,
  type Post,
  type Reply,
  reply,
  startHecReceiver,
} from './hec-receiver.ts'

export interface AckPost {
  readonly post: Post
  readonly kind: 'event' | 'ack'
  /** Counts the requests of this kind, from 1. */
  readonly number: number
}

export interface AckReceiverOptions {
  /**
   * A reply in place of the usual one; or `break`: the connection ends before the request is handled; or `lose`: it ends before the
   * answer.
   */
  readonly fault?: (asked: AckPost) => Reply | 'break' | 'lose' | undefined
  /** Whether the events of a request are indexed when the sink asks about them for the n-th time. Default: from the second time. */
  readonly isIndexed?: (envelopes: readonly Envelope[], asked: number) => boolean
  /** The code of the answer to good events. Default 0. */
  readonly codeOf?: (asked: AckPost) => number
  readonly objection?: (envelope: Envelope) => number | undefined
  /** Which of the indexers behind one address receives a request. Default: there is one. */
  readonly indexer?: (asked: AckPost) => string
  /** The Set-Cookie header of an answer. */
  readonly setCookie?: (indexer: string, asked: AckPost) => string | undefined
}

export interface AckReceiver extends HecReceiver {
  /** For each request with events, what was indexed when it came. */
  readonly indexedBeforeEach: Envelope[][]
  /** Loses everything that was accepted and not acknowledged, and forgets channels and ids. */
  restart(): void
  posted(kind: AckPost['kind']): Post[]
  /** The channels of all requests so far, each once. */
  channels(): string[]
}

interface Taken {
  readonly envelopes: readonly Envelope[]
  asked: number
}

interface Channel {
  next: number
  readonly taken: Map<number, Taken>
}

/**
 * A collector with acknowledgement. Ids count from 0 on each channel; it answers `true` once for an id, and `false` otherwise. Events are
 * in `indexed` only after that `true`, so a sink that trusts an answer too early loses events at a restart.
 */
export async function startAckReceiver(options: AckReceiverOptions = {}): Promise<AckReceiver> {
  const { fault, isIndexed = (_, asked) => asked >= 2, objection, setCookie } = options
  const { indexer = () => 'one', codeOf = () => 0 } = options
  const channels = new Map<string, Channel>()
  const counts = { event: 0, ack: 0 }
  const indexed: Envelope[] = []
  const indexedBeforeEach: Envelope[][] = []

  function take(post: Post, channel: Channel, usual: number): Reply {
    const envelopes = post.objects.map((object) => JSON.parse(object) as Envelope)
    const bad = envelopes.findIndex((envelope) => objection?.(envelope) !== undefined)
    const good = bad === -1 ? envelopes : envelopes.slice(0, bad)
    const code = bad === -1 ? usual : (objection?.(envelopes[bad] ?? {}) ?? 6)
    if (code === 27) return reply(code)
    if (good.length === 0) return reply(code, { 'invalid-event-number': bad })
    const ackId = channel.next++
    channel.taken.set(ackId, { envelopes: good, asked: 0 })
    return reply(code, { ackId, ...(bad !== -1 && { 'invalid-event-number': bad }) })
  }

  function tell(post: Post, channel: Channel): Reply {
    const { acks } = JSON.parse(post.body) as { acks: number[] }
    const told = acks.map((id) => {
      const taken = channel.taken.get(id)
      if (taken) taken.asked += 1
      const now = taken !== undefined && isIndexed(taken.envelopes, taken.asked)
      if (now) {
        indexed.push(...taken.envelopes)
        channel.taken.delete(id)
      }
      return [id, now]
    })
    return { status: 200, body: { acks: Object.fromEntries(told) as object } }
  }

  const receiver = await startHecReceiver({
    answer: (post) => {
      const kind = post.path.endsWith('/ack') ? 'ack' : 'event'
      counts[kind] += 1
      const asked: AckPost = { post, kind, number: counts[kind] }
      const told = fault?.(asked)
      if (told !== undefined && told !== 'lose') return told
      if (kind === 'event') indexedBeforeEach.push([...indexed])
      const name = indexer(asked)
      const key = `${name} ${post.headers['x-splunk-request-channel']}`
      const channel: Channel = channels.get(key) ?? { next: 0, taken: new Map() }
      channels.set(key, channel)
      const truth = kind === 'ack' ? tell(post, channel) : take(post, channel, codeOf(asked))
      if (told === 'lose') return 'break'
      const cookie = setCookie?.(name, asked)
      return cookie === undefined ? truth : { ...truth, headers: { 'set-cookie': cookie } }
    },
  })
  const { url, posts } = receiver
  return {
    url,
    posts,
    indexed,
    indexedBeforeEach,
    restart: () => channels.clear(),
    posted: (kind) => posts.filter(({ path }) => path.endsWith(`/${kind}`)),
    channels: () => [...new Set(posts.map(({ headers }) => String(headers['x-splunk-request-channel'])))],
  }
}
