// For tools around a pipeline: what a backlog has left to read, where lanes are, cursors that start at a given time, and the two lanes of a
// log for programs that run them one by one.
export { retentionMs } from './asana/retention.ts'
export { asanaNow } from './backlog/asana-now.ts'
export {
  type BacklogLeft,
  backlogLeft,
  backlogUntil,
  type LaneCursors,
  liveEndReachedAt,
  liveUnreadFrom,
  liveUpTo,
  type RewoundBacklog,
  rewoundBacklog,
  unlessForeign,
} from './backlog/backlog.ts'
export { futureStart } from './backlog/future-position.ts'
export { divideLog, type LogDivision } from './deliver/divide-log.ts'
export { type LaneSourceOptions, laneSource } from './deliver/lane-source.ts'
export { asanaBackfillCursor, asanaCursorAt, onlyOffsetMoved } from './source/position/asana-cursor.ts'
