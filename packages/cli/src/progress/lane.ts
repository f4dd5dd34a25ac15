/** A lane of a pipeline, which is one row of the state. */
export interface LaneRef {
  readonly pipeline: string
  readonly lane: string
}

/** The lane of `replay`, in a pipeline of its own, whose name ends in ` (replay)`. */
export const replayLane = 'replay'

/** The name of a lane for people. The lane `live`, and that of a replay, have the name of their pipeline. */
export function laneLabel({ pipeline, lane }: LaneRef): string {
  return lane === 'live' || lane === replayLane ? pipeline : `${pipeline} (${lane})`
}
