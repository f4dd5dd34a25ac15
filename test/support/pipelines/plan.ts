import { between, type Draw, drawOf, pick } from '../histories/draw.ts'
import type { HistoryEvent } from '../histories/plan.ts'
import { gidOf, loginEvent } from '../servers/asana-server.ts'

/** What a seed decides about pipelines that share pages. */
export interface PipelinesPlan {
  readonly draw: Draw
  /** `first`: the number of the process that a pipeline begins with. */
  readonly pipelines: readonly { readonly first: number }[]
  /** All processes but the last, which ends by itself. */
  readonly lives: readonly Life[]
  readonly pageSize: number
  readonly offsetTtlMs: number
  readonly pollMs: number
  /** Pipelines of a process start within this time. */
  readonly staggerMs: number
  readonly lateEvents: 'none' | 'hidden' | 'visible'
  /** Idle turns of the event loop before time passes. */
  readonly turns: number
}

interface Life {
  /** How many groups of events arrive. */
  readonly growths: number
  /** The facts after which it is stopped, wherever it is; undefined: when nothing is left to read. */
  readonly stopAfter: number | undefined
  /** How long nothing runs afterwards. */
  readonly downMs: number
}

const minute = 60_000
const hour = 60 * minute

/** A late event is at most this late. */
const latestMs = 30 * minute

export function pipelinesPlan(seed: number): PipelinesPlan {
  const draw = drawOf(seed)
  const lives = between(draw('lives'), 1, 4)
  return {
    draw,
    pipelines: Array.from({ length: between(draw('pipelines'), 2, 3) }, (_, index) => ({
      first: index === 0 ? 0 : between(draw('first', index), 0, lives),
    })),
    lives: Array.from({ length: lives }, (_, life) => ({
      growths: between(draw('growths', life), 1, 4),
      stopAfter: draw('stopped', life) < 0.3 ? between(draw('stop', life), 1, 60) : undefined,
      downMs: pick(draw('down', life), [0, 2 * hour, 30 * hour, 8 * 24 * hour]),
    })),
    pageSize: between(draw('page size'), 3, 6),
    offsetTtlMs: pick(draw('offsets'), [2 * minute, 15 * minute, 30 * 24 * hour]),
    pollMs: pick(draw('poll'), [1_000, 10_000, minute]),
    staggerMs: pick(draw('stagger'), [0, 3_000, 30_000]),
    lateEvents: pick(draw('late'), ['none', 'hidden', 'visible']),
    turns: pick(draw('turns'), [5, 8]),
  }
}

/** Events that the log gets at once; `first` is the number of earlier ones. Those of the backlog are of the three days before. */
export function logged(
  { draw, lateEvents }: PipelinesPlan,
  first: number,
  now: number,
  kind: 'backlog' | 'growth',
): HistoryEvent[] {
  const count = kind === 'backlog' ? between(draw('backlog'), 20, 100) : between(draw('grown', first), 1, 8)
  return Array.from({ length: count }, (_, index) => {
    const number = first + index
    const late = kind === 'growth' && lateEvents !== 'none' && draw('late', number) < 0.5
    const age =
      kind === 'backlog'
        ? Math.floor((1 - index / count) * 72 * hour) + minute
        : late
          ? Math.floor(draw('how late', number) * latestMs) + 1
          : 0
    const type = draw('type', number) < 0.3 ? 'user_login_failed' : 'user_login_succeeded'
    const at = now - age
    const raw = JSON.parse(
      loginEvent(number, { created_at: new Date(at).toISOString(), event_type: type }),
    ) as object
    return { ...{ gid: gidOf(number), late, at, type, raw }, nature: 'good' }
  })
}
