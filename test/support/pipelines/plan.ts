import { between, type Draw, drawOf, pick } from '../histories/draw.ts'
import type { Death, HistoryEvent } from '../histories/plan.ts'
import { gidOf, loginEvent } from '../servers/asana-server.ts'

export interface PipelinesEvent extends Omit<HistoryEvent, 'at'> {
  readonly at: number
  readonly type: string
}

export interface PipelinePlan {
  readonly name: string
  /** The number of the process it begins with. */
  readonly first: number
  /** The only events it asks for; undefined: all. */
  readonly eventType: string | undefined
  readonly isTwoLanes: boolean
  /** How long its destination needs for a write. */
  readonly writeMs: number
  /** Records of a write, and writes at once. */
  readonly records: number
  readonly inFlight: number
  /** Shares of writes: not taken, taken without an answer, and refused until the pause is over. */
  readonly busy: number
  readonly lost: number
  readonly refused: number
}

/** What happens in a process, and after it. */
export interface LifePlan {
  /** How many groups of events arrive. */
  readonly growths: number
  /** The facts after which it is stopped, wherever it is; undefined: when nothing is left to read. */
  readonly stopAfter: number | undefined
  readonly death: Death | undefined
  /** How long nothing runs afterwards. */
  readonly downMs: number
  readonly expired: boolean
  /** The pipeline that is rewound by so much afterwards. */
  readonly rewound: { readonly index: number; readonly byMs: number } | undefined
  /** The state moves into another file by an export. */
  readonly isMoved: boolean
}

/** What a seed decides about pipelines of one process that share pages. */
export interface PipelinesPlan {
  readonly draw: Draw
  readonly pipelines: readonly PipelinePlan[]
  /** All processes but the last, which ends by itself. */
  readonly lives: readonly LifePlan[]
  readonly state: 'memory' | 'SQLite'
  readonly pageSize: number
  readonly offsetTtlMs: number
  readonly pollMs: number
  readonly lateEvents: 'none' | 'hidden' | 'visible'
  /** Idle turns of the event loop before time passes. */
  readonly turns: number
}

const minute = 60_000
const hour = 60 * minute

/** A late event is at most this late. */
const latestMs = 30 * minute

export function pipelinesPlan(seed: number): PipelinesPlan {
  const draw = drawOf(seed)
  const lives = between(draw('lives'), 1, 4)
  const pipelines = between(draw('pipelines'), 2, 3)
  // In half of the histories nobody is killed and no answer is lost, so each event must come exactly once.
  const isGentle = draw('gentle') < 0.5
  return {
    draw,
    pipelines: Array.from({ length: pipelines }, (_, index) => pipelinePlan(draw, index, lives, isGentle)),
    lives: Array.from({ length: lives }, (_, life) => ({
      growths: between(draw('growths', life), 0, 3),
      stopAfter: draw('stopped', life) < 0.3 ? between(draw('stop', life), 1, 60) : undefined,
      death: isGentle || draw('killed', life) < 0.3 ? undefined : deathOf(draw, life),
      downMs: pick(draw('down', life), [0, 2 * hour, 30 * hour, 8 * 24 * hour]),
      expired: draw('expired', life) < 0.2,
      rewound:
        draw('rewound', life) < 0.25
          ? {
              index: between(draw('rewinds', life), 0, pipelines - 1),
              byMs: Math.floor(draw('rewound by', life) * 80 * hour),
            }
          : undefined,
      isMoved: draw('moved', life) < 0.3,
    })),
    state: pick(draw('state'), ['memory', 'SQLite']),
    pageSize: between(draw('page size'), 3, 8),
    offsetTtlMs: pick(draw('offsets'), [2 * minute, 15 * minute, 30 * 24 * hour]),
    pollMs: pick(draw('poll'), [1_000, 10_000, minute]),
    lateEvents: pick(draw('late'), ['none', 'hidden', 'visible']),
    turns: pick(draw('turns'), [5, 8]),
  }
}

function pipelinePlan(draw: Draw, index: number, lives: number, isGentle: boolean): PipelinePlan {
  const name = `pipeline ${index}`
  return {
    name,
    first: index === 0 ? 0 : between(draw(name, 'first'), 0, lives),
    eventType: draw(name, 'filter') < 0.2 ? 'user_login_failed' : undefined,
    isTwoLanes: draw(name, 'lanes') < 0.6,
    writeMs: pick(draw(name, 'speed'), [0, 0, 3_000, 20_000]),
    records: between(draw(name, 'records'), 1, 25),
    inFlight: pick(draw(name, 'in flight'), [1, 1, 4]),
    busy: pick(draw(name, 'busy'), [0, 0.1, 0.3]),
    lost: isGentle ? 0 : pick(draw(name, 'lost'), [0, 0.1]),
    refused: pick(draw(name, 'refused'), [0, 0, 0.05]),
  }
}

function deathOf(draw: Draw, life: number): Death {
  const steps = ['a page', 'a write', 'a commit', 'a load'] as const
  const isAny = draw('any step', life) < 0.5
  return isAny
    ? { moment: between(draw('death', life), 1, 120), step: undefined }
    : { moment: between(draw('death', life), 1, 12), step: pick(draw('step', life), steps) }
}

/**
 * Events that the log gets at once; `first` is the number of earlier ones. Those of the backlog are of the three days before. Many have
 * equal times, at the border of a second.
 */
export function logged(
  { draw, lateEvents }: PipelinesPlan,
  first: number,
  now: number,
  kind: 'backlog' | 'growth',
): PipelinesEvent[] {
  const count = kind === 'backlog' ? between(draw('backlog'), 10, 80) : between(draw('grown', first), 1, 8)
  let atBorder: number | undefined
  return Array.from({ length: count }, (_, index) => {
    const number = first + index
    const late = kind === 'growth' && lateEvents !== 'none' && draw('late', number) < 0.3
    const spread = now - Math.floor((1 - index / count) * 72 * hour) - minute
    if (draw('equal', number) < 0.5) atBorder = undefined
    atBorder ??= Math.floor(spread / 1_000) * 1_000
    const inTime = kind === 'backlog' ? atBorder : now
    const at = late ? now - Math.floor(draw('how late', number) * latestMs) - 1 : inTime
    const chance = draw('nature', number)
    const nature = chance < 0.01 ? 'malformed' : chance < 0.03 ? 'poison' : 'good'
    const type = draw('type', number) < 0.3 ? 'user_login_failed' : 'user_login_succeeded'
    const changes = { created_at: new Date(at).toISOString(), event_type: type }
    const raw = JSON.parse(
      loginEvent(number, nature === 'malformed' ? { ...changes, actor: null } : changes),
    ) as object
    return { gid: gidOf(number), late, at, type, raw, nature }
  })
}
