// For tools around a pipeline: what a backlog has left to read, where lanes are, and cursors that start at a given time.
export { retentionMs } from './asana/retention.ts'
export { asanaNow } from './backlog/asana-now.ts'
export {
  type BacklogLeft,
  backlogLeft,
  backlogUntil,
  type LaneCursors,
  liveUpTo,
  type RewoundBacklog,
  rewoundBacklog,
} from './backlog/backlog.ts'
export { futureStart } from './backlog/future-position.ts'
export { asanaBackfillCursor, asanaCursorAt } from './source/asana-cursor.ts'
