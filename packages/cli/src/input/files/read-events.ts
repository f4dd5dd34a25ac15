import type { InputOptions } from '@asana-audit/jsonl'
import type { DecodedRecord } from '@asana-audit/otlp'
import { decodeLogs } from '@asana-audit/otlp/encoding'
import {
  type AuditLogEvent,
  applyFieldPolicy,
  defaultFieldPolicy,
  parseAuditLogEvent,
  type Relevance,
  type RelevancePolicy,
  severityNumbers,
} from '@asana-audit/schema'
import { contextKey } from '@asana-audit/schema/context'
import { parseLosslessJson } from '@asana-audit/schema/lossless'
import { ATTR_ASANA_AUDIT_RELEVANCE, ATTR_ASANA_WORKSPACE_GID } from '@asana-audit/schema/semconv'
import { markKey, marks, type ViewOptions } from '../../dialect.ts'
import { findingKey } from '../../progress/finding/finding.ts'
import { type JsonText, jsonTexts } from './json-texts.ts'
import { recordEvent } from './record-event.ts'

export interface ReadEvent {
  readonly event: AuditLogEvent
  readonly view: ViewOptions
  /** Of a log record: see `changedAttributes`. */
  readonly changed: readonly string[]
}

/**
 * An event of an input, the problem of something that should be an event, a log record that is not ours, or a finding of a rule. With
 * `isHalf` nothing is lost: the writer of the line will end it, or write its events again.
 */
export type Read = ReadEvent | UnreadPart | 'foreign' | 'finding'
interface UnreadPart {
  readonly problem: string
  readonly isHalf: boolean
  /** The input itself cannot be reached or read, so nobody knows what is in it. */
  readonly isInput?: boolean
}

/**
 * The events of an input. Each JSON text may be an event, a page of Asana's (or a list of events) or OTLP logs. Everything left out is
 * reported as a problem with its line. The default field policy has been applied.
 */
export async function* readEvents(options: InputOptions): AsyncGenerator<Read> {
  for await (const found of jsonTexts(options)) {
    const at = `${options.name}, line ${found.line}`
    if ('reason' in found) yield unreadable(at, found.reason, found.mayBeHalf)
    else yield* readText(found, at)
  }
}

/** Most lines are like this. They are recognised without parsing them. */
const isOtlp = /^\s*\{\s*"resourceLogs"\s*:/

function* readText({ text, mayBeHalf }: JsonText, at: string): Generator<Read> {
  if (isOtlp.test(text)) {
    yield* readLogs(text, at, mayBeHalf)
    return
  }
  let value: unknown
  try {
    value = parseLosslessJson(text)
  } catch {
    // Without the message of the parser: it quotes the text, which is personal data.
    yield unreadable(at, 'it is not JSON', mayBeHalf)
    return
  }
  if (hasOwn(value, 'resourceLogs')) yield* readLogs(text, at, mayBeHalf)
  else if (Array.isArray(value)) yield* readList(value, at)
  else if (hasOwn(value, findingKey)) yield 'finding'
  else if (hasOwn(value, 'data') && Array.isArray(value['data'])) yield* readList(value['data'], at)
  else yield readEvent(value, at)
}

function* readList(list: readonly unknown[], at: string): Generator<Read> {
  for (const [index, value] of list.entries()) yield readEvent(value, `${at}, event ${index + 1}`)
}

function readEvent(value: unknown, at: string): Read {
  const parsed = parseAuditLogEvent(withoutOurs(value))
  if ('reason' in parsed) return unreadable(at, `it is not an event (${parsed.reason})`, false)
  return { event: applyFieldPolicy(parsed.event, defaultFieldPolicy), view: {}, changed: [] }
}

/** Removes what we add to an event: the context, and the mark of an event that was sent again. */
function withoutOurs(value: unknown): unknown {
  const ours = [...marks.map(markKey), contextKey].filter((one) => hasOwn(value, one))
  if (ours.length === 0) return value
  const event = { ...(value as Record<string, unknown>) }
  for (const key of ours) delete event[key]
  return event
}

function* readLogs(text: string, at: string, mayBeHalf: boolean): Generator<Read> {
  let records: DecodedRecord[]
  try {
    records = decodeLogs(text)
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    yield unreadable(at, `these are not OTLP logs (${error.message})`, mayBeHalf)
    return
  }
  for (const [index, record] of records.entries()) {
    const found = recordEvent(record)
    if ('event' in found) {
      const event = applyFieldPolicy(found.event, defaultFieldPolicy)
      yield { event, view: viewOf(record, event), changed: found.changed }
    } else if (found.kind !== 'damaged') yield found.kind
    else yield { problem: `${at}, record ${index + 1}: ${found.message} Left out.`, isHalf: false }
  }
}

function unreadable(at: string, reason: string, isHalf: boolean): Read {
  if (isHalf)
    return { problem: `${at}: half a line at the end, being written or left by a crash; left out.`, isHalf }
  return { problem: `${at}: ${reason}; left out.`, isHalf }
}

function viewOf(
  { attributes, resource, observedTimestamp }: DecodedRecord,
  event: AuditLogEvent,
): ViewOptions {
  const workspace = resource[ATTR_ASANA_WORKSPACE_GID]
  const [seconds, nanos] = observedTimestamp
  const relevance = attributes[ATTR_ASANA_AUDIT_RELEVANCE]
  return {
    resource,
    ...(typeof workspace === 'string' && { workspace }),
    ...((seconds > 0 || nanos > 0) && { observedTimestamp }),
    ...(isRelevance(relevance) && { relevance: asJudged(event, relevance) }),
  }
}

function isRelevance(level: unknown): level is Relevance {
  return typeof level === 'string' && Object.hasOwn(severityNumbers, level)
}

/** Keeps the relevance in the record: its writer may have used other levels. */
function asJudged({ event_type }: AuditLogEvent, level: Relevance): RelevancePolicy {
  return { byType: new Map([[event_type, level]]), byCategory: new Map(), unknown: [] }
}

function hasOwn(value: unknown, name: string): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
}
