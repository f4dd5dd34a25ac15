import type * as z from 'zod'
import type { Problem } from '../../terminal/problem.ts'
import type { Origin } from '../origin.ts'
import { missingUnit } from '../times/time.ts'
import { meantChoice } from '../yaml/meant-choice.ts'
import { MisreadNumber } from '../yaml/misread-number.ts'
import { unknownSetting } from '../yaml/unknown-setting.ts'
import {
  type DestinationMap,
  destinationMaps,
  goodMapValues,
  type MapSetting,
  type Maps,
} from './destination-map.ts'

/** Reads a destination map at the path `at`. Wrong settings are added to the list and left out. Undefined if nothing is left. */
export function readDestinationMap(
  value: object,
  at: string,
  origin: Origin,
  problems: Problem[],
): DestinationMap | undefined {
  const kinds = Object.keys(value)
  for (const kind of kinds.filter((one) => !Object.hasOwn(destinationMaps, one))) {
    const unknown = notIndented(kind, value) ?? unknownSetting(kind, Object.keys(destinationMaps))
    problems.push({ setting: origin.settingName(`${at}.${kind}`), ...unknown })
  }
  const known = kinds.filter((kind): kind is keyof Maps => Object.hasOwn(destinationMaps, kind))
  if (known.length !== 1) {
    const wrong =
      kinds.length > known.length
        ? undefined
        : `It holds ${known.length === 0 ? 'no destination' : known.join(' and ')}.`
    if (wrong)
      problems.push({
        setting: origin.settingName(at),
        message: `${wrong} Give one destination. For several, write a list with one entry for each.`,
      })
    return undefined
  }
  const [kind] = known as [keyof Maps]
  const map = checkedMap(
    kind,
    (value as Record<string, unknown>)[kind] ?? {},
    `${at}.${kind}`,
    origin,
    problems,
  )
  return map && ({ kind, map } as DestinationMap)
}

/** The problem of a setting that stands beside its destination instead of inside it. Undefined for any other. */
function notIndented(key: string, beside: object): Pick<Problem, 'message'> | undefined {
  const empty = Object.entries(beside).flatMap(([kind, map]) => (map === null ? [kind] : []))
  const kind = empty.find(
    (one) =>
      Object.hasOwn(destinationMaps, one) && Object.hasOwn(destinationMaps[one as keyof Maps].shape, key),
  )
  return kind === undefined ? undefined : { message: `It is a setting of ${kind}. Indent it below ${kind}.` }
}

function checkedMap(
  kind: keyof Maps,
  value: unknown,
  at: string,
  origin: Origin,
  problems: Problem[],
): Maps[keyof Maps] | undefined {
  const parsed = destinationMaps[kind].safeParse(value)
  if (parsed.success) return parsed.data
  const known = Object.keys(destinationMaps[kind].shape)
  const wrong = new Set<string>()
  for (const issue of parsed.error.issues) {
    if (issue.code === 'unrecognized_keys') {
      for (const key of issue.keys) {
        wrong.add(key)
        problems.push({ setting: origin.settingName(`${at}.${key}`), ...unknownSetting(key, known) })
      }
      continue
    }
    const key = issue.path[0] === undefined ? undefined : String(issue.path[0])
    if (key === undefined) {
      problems.push({ setting: origin.settingName(at), message: 'It is not a map of settings.', known })
      return undefined
    }
    wrong.add(key)
    const path = `${at}.${issue.path.map(String).join('.')}`
    problems.push({ setting: origin.settingName(path), message: wrongValue(issue, value, path, origin) })
  }
  const rest = Object.entries(value as object).filter(([key]) => !wrong.has(key))
  const again = destinationMaps[kind].safeParse(Object.fromEntries(rest))
  return again.success ? again.data : undefined
}

function wrongValue(issue: z.core.$ZodIssue, map: unknown, path: string, origin: Origin): string {
  const good = goodMapValues[String(issue.path[0]) as MapSetting]
  let value = map
  for (const key of issue.path) value = (value as Record<PropertyKey, unknown>)[key]
  if (value === undefined || value === null) return `It is not set. ${good}`
  // A header, or what should be the path of a secret, may hold a secret in any form.
  const mayQuote = !/headers|token|secret/.test(path)
  const unitless = issue.path[0] === 'max_age' ? missingUnit(value, 'm') : undefined
  if (unitless !== undefined) return `${unitless} ${good}`
  const expectsText = issue.code === 'invalid_type' && issue.expected === 'string'
  if (value instanceof MisreadNumber) {
    return `${expectsText ? value.inWords(mayQuote) : `${value} cannot be used.`} ${good}`
  }
  const quoted = origin.quoted(path, value)
  const isQuotable = quoted !== undefined && mayQuote
  const advice =
    expectsText && typeof value !== 'object'
      ? ` is not text in YAML. Put it in quotes${isQuotable ? `: "${quoted}"` : ''}.`
      : ` cannot be used.${isQuotable ? meantChoice(value, issue) : ''}`
  return `${isQuotable ? quoted : 'The value'}${advice} ${good}`
}
