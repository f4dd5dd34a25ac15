import { fractionOf } from '../organisation/random.ts'

/**
 * What can go wrong with one request:
 * - `429`, `500`, `502`, `503`, `504`: that status; 429 and 503 with `Retry-After`, 502 and 504 with a load
 *   balancer's HTML page instead of the error envelope;
 * - `reset`: the connection is reset before the first byte of an answer;
 * - `truncated`: half of the true answer, then the connection is destroyed;
 * - `html`: status 200 and an HTML page, as from a captive portal;
 * - `no-data`: status 200 and JSON without `data`;
 * - `latency`: the true answer, late;
 * - `expired-offset`: 400 as if the offset had expired; only for requests that carry one.
 */
export type FaultKind =
  | 429
  | 500
  | 502
  | 503
  | 504
  | 'reset'
  | 'truncated'
  | 'html'
  | 'no-data'
  | 'latency'
  | 'expired-offset'

/**
 * Random faults that depend only on the seed, the request and its attempt, not on the order of arrival or the clock.
 */
export interface FaultPlan {
  /** Share of attempts that fail, 0 to 1. */
  rate: number
  /**
   * The same seed gives the same faults.
   * @default 1
   */
  seed?: number
  /**
   * Which faults. A kind that is named twice is twice as likely.
   * @default all but `latency` and `expired-offset`
   */
  kinds?: readonly FaultKind[]
  /**
   * Most attempts of one request that fail, so that it succeeds in the end.
   * @default 3
   */
  attempts?: number
  /**
   * `Retry-After` of 429 and 503.
   * @default 1
   */
  retryAfterSeconds?: number
  /**
   * The delay of `latency`, in milliseconds.
   * @default 1000
   */
  delayMs?: number
}

/** The parts of a request that faults depend on. */
export interface FaultRequest {
  /**
   * Method, path and query in a fixed order, without the token. An offset is replaced by the number of the last event
   * before it, so that all offsets for one place count as the same request, in this run and in the next.
   */
  identity: string
  /** 1 for the first request of this identity since the faults were set. */
  attempt: number
  hasOffset: boolean
}

/**
 * Full control, for a test that needs a specific fault. Its 429 and 503 ask for 1 second, its `latency` takes 1
 * second.
 */
export type FaultChooser = (request: FaultRequest) => FaultKind | undefined

/** The fault of one request. */
export interface Strike {
  kind: FaultKind
  /** The request and its attempt, as a text. */
  cause: string
  retryAfterSeconds: number
  delayMs: number
}

export interface Faults {
  /**
   * Called once per request. `place` is the number of the last event before its offset, if the offset is readable.
   */
  strike(method: string, url: URL, place: number | undefined): Strike | undefined
}

export const defaultFaultKinds: readonly [FaultKind, ...FaultKind[]] = [
  429,
  500,
  502,
  503,
  504,
  'reset',
  'truncated',
  'html',
  'no-data',
]

/** Its only state is how often each request has been made. */
export function createFaults(faults: FaultPlan | FaultChooser | null): Faults {
  const plan: Omit<FaultPlan, 'rate'> = typeof faults === 'object' && faults ? faults : {}
  const { retryAfterSeconds = 1, delayMs = 1000 } = plan
  const choose = typeof faults === 'function' ? faults : faults ? chooserOf(faults) : undefined
  const attempts = new Map<string, number>()

  function strike(method: string, url: URL, place: number | undefined): Strike | undefined {
    if (!choose) return undefined
    const identity = identityOf(method, url, place)
    const attempt = (attempts.get(identity) ?? 0) + 1
    attempts.set(identity, attempt)
    const kind = choose({ identity, attempt, hasOffset: url.searchParams.has('offset') })
    return kind && { kind, cause: `${identity} ${attempt}`, retryAfterSeconds, delayMs }
  }

  return { strike }
}

function chooserOf({ seed = 1, rate, kinds = defaultFaultKinds, attempts = 3 }: FaultPlan): FaultChooser {
  return ({ identity, attempt, hasOffset }) => {
    const draw = (purpose: string) => fractionOf(JSON.stringify([purpose, seed, identity, attempt]))
    if (attempt > attempts || draw('whether') >= rate) return undefined
    const possible = kinds.filter((kind) => hasOffset || kind !== 'expired-offset')
    return possible[Math.floor(draw('which') * possible.length)]
  }
}

function identityOf(method: string, url: URL, place: number | undefined): string {
  const query = new URLSearchParams(url.searchParams)
  if (place !== undefined) query.set('offset', String(place))
  query.sort()
  return `${method} ${url.pathname}?${query}`
}
