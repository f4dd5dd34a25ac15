// For authors of encodings: a LogRecord attribute by attribute, without an object in between.
export type { AttributeMap } from './log-record/attribute-map.ts'
export { type LogRecordHead, writeLogRecord } from './log-record/log-record.ts'
export type { PutAttribute } from './log-record/put-attribute.ts'
