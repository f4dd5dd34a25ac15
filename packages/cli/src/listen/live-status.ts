import type { Fault } from '@asana-audit/core'
import { holdMsOf } from '../config/destination/hold-ms.ts'
import { type LaneRef, laneLabel } from '../progress/lane.ts'
import type { Reporter } from '../progress/reporters/reporter.ts'
import { type LiveLane, liveLane } from './live-lane.ts'

/** What the facts of this run say, by pipeline and lane. */
export interface LiveStatus extends Reporter {
  /** Names of the pipelines of this run, as the settings list them. */
  readonly pipelines: readonly string[]
  /** The lanes of a pipeline that facts came from. */
  lanesOf(pipeline: string): ReadonlyMap<string, LiveLane>
  /** How long the destination of a pipeline lets events wait for others, in milliseconds. */
  heldMsOf(pipeline: string): number
  /** Why a pipeline has ended. */
  faultOf(pipeline: string): Fault | undefined
  /** The path of the state, as commands need it. */
  readonly statePath: string
  /** `starting` until all pipelines are claimed. */
  readonly phase: 'starting' | 'running' | 'stopping'
  /** The code of the fault because of which a position cannot be saved. */
  readonly stateFault: string | undefined
}

export function liveStatus(now: () => number): LiveStatus {
  const lanes = new Map<string, Map<string, LiveLane>>()
  const holds = new Map<string, number>()
  const faults = new Map<string, Fault>()
  const stateFaults = new Map<string, string>()
  let path = ''
  let phase: LiveStatus['phase'] = 'starting'

  function laneOf({ pipeline, lane }: LaneRef): LiveLane {
    const own = lanes.get(pipeline) ?? new Map<string, LiveLane>()
    lanes.set(pipeline, own)
    const found = own.get(lane) ?? liveLane(lane === 'live', holds.get(pipeline))
    own.set(lane, found)
    return found
  }

  /** Forgets what is known of a pipeline: it begins again, here or in another process. */
  function forget(pipeline: string): void {
    faults.delete(pipeline)
    for (const lane of lanes.get(pipeline)?.keys() ?? []) stateFaults.delete(laneLabel({ pipeline, lane }))
    lanes.set(pipeline, new Map())
  }

  return {
    get pipelines() {
      return [...lanes.keys()]
    },
    get statePath() {
      return path
    },
    get phase() {
      return phase
    },
    get stateFault() {
      return [...stateFaults.values()][0]
    },
    heldMsOf: (pipeline) => holds.get(pipeline) ?? 0,
    begins: ({ name, destination }) => void holds.set(name, holdMsOf(destination)),
    standsBy: forget,
    lanesOf: (pipeline) => lanes.get(pipeline) ?? new Map(),
    faultOf: (pipeline) => faults.get(pipeline),
    started(started, statePath) {
      path = statePath
      for (const { pipeline } of started) lanes.set(pipeline, new Map())
    },
    claimed() {
      phase = 'running'
    },
    fact(lane, fact) {
      const one = laneOf(lane)
      one.fact(fact, now())
      if (one.trouble?.part === 'state') stateFaults.set(laneLabel(lane), one.trouble.code)
      else if (stateFaults.size > 0) stateFaults.delete(laneLabel(lane))
    },
    failed(fault, pipeline) {
      if (pipeline !== undefined) faults.set(pipeline, fault)
    },
    reloaded({ added, changed, removed }) {
      for (const name of changed) forget(name)
      for (const name of removed) {
        forget(name)
        lanes.delete(name)
      }
      for (const name of added) if (!lanes.has(name)) lanes.set(name, new Map())
    },
    stopping() {
      phase = 'stopping'
    },
    warning() {},
    stateWarning() {},
    finished() {},
  }
}
