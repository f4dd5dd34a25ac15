import { isRecord } from '../event/is-record.ts'
import { toJsonText } from '../event/to-json-text.ts'

/** What an attribute may hold, https://opentelemetry.io/docs/specs/otel/common/#anyvalue. */
export type AttributeValue =
  | string
  | number
  | boolean
  | null
  | AttributeValue[]
  | { [key: string]: AttributeValue }

export interface AttributeMap {
  [key: string]: AttributeValue
}

/**
 * The most levels of a map. Each level is three nested messages in protobuf, and common decoders refuse a whole
 * request nested deeper than 100, so OpenTelemetry's own limit of 64 levels is too high.
 */
const deepest = 24

/** Both SDK lines drop a map with one of these keys, or lose the member. */
const poisonous: ReadonlySet<string> = new Set(['', '__proto__', 'constructor'])

/**
 * A JSON object as a map attribute that every SDK and decoder accepts. `exact` says whether the map is still equal to
 * the object; it is not if a part had to be rewritten (numbers OTLP/JSON cannot carry, broken UTF-16, more than 24
 * levels) or left out (keys that poison the record).
 */
export function attributeMap(object: Record<string, unknown>): { map: AttributeMap; exact: boolean } {
  let exact = true

  function inexact(value: AttributeValue): AttributeValue {
    exact = false
    return value
  }

  function convert(value: unknown, depth: number): AttributeValue {
    if (value === null || value === undefined || typeof value === 'boolean') return value ?? null
    if (typeof value === 'string') return value.isWellFormed() ? value : inexact(value.toWellFormed())
    if (typeof value === 'number') {
      if (Object.is(value, -0)) return inexact(0)
      const carried = Number.isInteger(value) ? Number.isSafeInteger(value) : Number.isFinite(value)
      return carried ? value : inexact(String(value))
    }
    if (typeof value !== 'object' || depth > deepest) return inexact(toJsonText(value).toWellFormed())
    return isRecord(value)
      ? members(value, depth)
      : (value as unknown[]).map((item) => convert(item, depth + 1))
  }

  function members(value: Record<string, unknown>, depth: number): AttributeMap {
    const map: AttributeMap = {}
    for (const key of Object.keys(value)) {
      if (value[key] === undefined) continue
      if (poisonous.has(key)) exact = false
      else if (key.isWellFormed()) map[key] = convert(value[key], depth + 1)
      else map[key.toWellFormed()] = inexact(convert(value[key], depth + 1))
    }
    return map
  }

  const map = members(object, 1)
  return { map, exact }
}
