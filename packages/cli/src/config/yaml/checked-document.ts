import type * as z from 'zod'
import type { Problem } from '../../terminal/problem.ts'
import type { Origin } from '../origin.ts'
import { goodValues, type PipelineDocument, pipelineDocument } from '../pipeline/pipeline-document.ts'
import { missingUnit } from '../times/time.ts'
import { meantChoice } from './meant-choice.ts'
import { MisreadNumber } from './misread-number.ts'
import { ownValue } from './own-value.ts'
import { unknownSetting } from './unknown-setting.ts'

export interface CheckedDocument {
  /** The valid part, so that token, files and destination can be checked too. */
  readonly sound: PipelineDocument
  /** False if something was left out. Such a pipeline must not run. */
  readonly isWhole: boolean
}

/**
 * Checks a pipeline as it was written. Wrong settings are removed and the rest is checked again, until nothing is wrong: one problem
 * must not hide another.
 */
export function checkedDocument(document: unknown, origin: Origin, problems: Problem[]): CheckedDocument {
  let rest = document
  for (;;) {
    const parsed = pipelineDocument.safeParse(rest)
    if (parsed.success) return { sound: parsed.data, isWhole: rest === document }
    problems.push(...documentProblems(parsed.error.issues, document, origin))
    rest = soundPart(rest, parsed.error)
  }
}

/** The document without its wrong settings, with placeholders for required ones. */
function soundPart(document: unknown, { issues }: z.ZodError): object {
  let rest = document
  for (const issue of issues) {
    const keys = issue.code === 'unrecognized_keys' ? issue.keys : [undefined]
    for (const key of keys) rest = without(rest, key === undefined ? issue.path : [...issue.path, key])
  }
  return { workspace: '0', to: 'stdout', ...(typeof rest === 'object' ? rest : {}) }
}

/** A value without one of its parts. A list is removed as a whole. */
function without(value: unknown, [key, ...path]: readonly PropertyKey[]): unknown {
  if (key === undefined || typeof value !== 'object' || value === null || Array.isArray(value))
    return undefined
  const part = without((value as Record<PropertyKey, unknown>)[key], path)
  const others = Object.entries(value).filter(([name]) => name !== key)
  return Object.fromEntries(part === undefined ? others : [...others, [key, part]])
}

/** Settings whose value may contain a secret, also by mistake. Messages do not quote them. */
const neverQuoted = new Set([
  ...['base_url', 'hash_key_file', 'token_file', 'token_env', 'token_exec'],
  ...['second_token_file', 'second_token_env', 'second_token_exec'],
])

const expectsNumber = new Set(['limit', 'max_response_bytes'])

/** For settings that are durations or ages: the most likely unit of a number without one. */
const usualUnits: Record<string, 's' | 'm' | 'd'> = {
  ...{ poll: 's', max_poll: 's', settled_window: 'm', reread_every: 'm', since: 'd', until: 'd' },
}

function documentProblems(issues: readonly z.core.$ZodIssue[], document: unknown, origin: Origin): Problem[] {
  return issues.flatMap(itemIssues).flatMap((issue): Problem[] => {
    const path = settingPath(issue.path)
    if (issue.code === 'unrecognized_keys') {
      const within = path ? `${path}.` : ''
      const known = Object.keys(goodValues)
        .filter((key) => key.startsWith(within) && !key.slice(within.length).includes('.'))
        .map((key) => key.slice(within.length))
      return issue.keys.map((key) => ({
        setting: origin.settingName(within + key),
        ...unknownSetting(key, known),
      }))
    }
    const good =
      ownValue(goodValues, path.replaceAll(/\[\d+\]/g, '')) ??
      ownValue(goodValues, String(issue.path[0] ?? '')) ??
      'Give a map of settings.'
    const isSentence = issue.code === 'custom' && issue.params?.['isSentence']
    const wrong = isSentence ? issue.message : wrongValue(path, valueAt(document, issue.path), issue, origin)
    return [{ setting: origin.settingName(path), message: `${wrong} ${good}` }]
  })
}

function wrongValue(path: string, value: unknown, issue: z.core.$ZodIssue, origin: Origin): string {
  if (value === undefined || value === null) return 'It is not set.'
  if (value instanceof MisreadNumber) {
    return expectsNumber.has(path) ? `${value} cannot be used.` : value.inWords(!neverQuoted.has(path))
  }
  const unit = ownValue(usualUnits, path)
  const unitless = unit && missingUnit(value, unit)
  if (unitless) return unitless
  const quoted = neverQuoted.has(path) ? undefined : origin.quoted(path, value)
  const isNoText = issue.code === 'invalid_type' && issue.expected === 'string' && typeof value !== 'object'
  if (isNoText && quoted !== undefined) return `${quoted} is not text in YAML. Put it in quotes: "${quoted}".`
  return `${quoted ?? 'The value'} cannot be used.${quoted === undefined ? '' : meantChoice(value, issue)}`
}

/** The issues of the items, where a list was given instead of one value. */
function itemIssues(issue: z.core.$ZodIssue): z.core.$ZodIssue[] {
  const branches = issue.code === 'invalid_union' ? issue.errors : []
  const ofItems = branches.find((branch) => branch.some(({ path }) => path.length > 0)) ?? []
  const inItems = ofItems.map((inner) => ({ ...inner, path: [...issue.path, ...inner.path] }))
  return inItems.length > 0 ? inItems : [issue]
}

/** As people write it: `filters.event_type[1]`. */
function settingPath(path: readonly PropertyKey[]): string {
  return path
    .map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`))
    .join('')
    .replace(/^\./, '')
}

function valueAt(document: unknown, path: readonly PropertyKey[]): unknown {
  let value = document
  for (const key of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined
    value = (value as Record<PropertyKey, unknown>)[key]
  }
  return value
}
