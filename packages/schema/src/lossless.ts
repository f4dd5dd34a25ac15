// JSON and times as Asana wrote them: integers past 2^53 and nanoseconds survive.
export { canonicalJson } from './event/canonical-json.ts'
export { instantAt, millisAt, millisOf, rawEventTime } from './event/event-time.ts'
export { fromJsonText } from './event/from-json-text.ts'
export { type Instant, isInstant, lastSecond, parseInstant, parseMillis, present } from './event/instant.ts'
export { parseLosslessJson } from './event/lossless-json.ts'
export { toJsonText } from './event/to-json-text.ts'
