import * as z from 'zod'
import { type ValueForm, valueForms } from '../first-seen/value-form.ts'
import { type Level, levels } from '../level.ts'
import { type CorrelationType, correlationTypes } from '../rule.ts'

interface AboutDocument {
  readonly title: string
  readonly id?: string | undefined
  readonly name?: string | undefined
  readonly description: string
  readonly level: Level
  readonly status?: string | undefined
  readonly tags: readonly string[]
  readonly references: readonly string[]
  readonly falsepositives: readonly string[]
}

export interface EventRuleDocument extends AboutDocument {
  readonly detection: Readonly<Record<string, unknown>> & { readonly condition: string | readonly string[] }
}

export interface CorrelationDocument extends AboutDocument {
  readonly correlation: {
    readonly type: CorrelationType
    readonly rules: readonly string[]
    readonly 'group-by': readonly string[]
    readonly timespan: string
    readonly condition?:
      | {
          readonly gte?: number | undefined
          readonly gt?: number | undefined
          readonly field?: string | undefined
        }
      | undefined
    readonly aliases: Readonly<Record<string, Readonly<Record<string, string>>>>
    readonly generate: boolean
  }
}

/** Our own type of correlation, beside Sigma's: other tools refuse a type that they do not know, and do not misread it. */
export interface FirstSeenDocument extends AboutDocument {
  readonly correlation: {
    readonly type: 'first_seen'
    readonly rules: readonly string[]
    readonly 'group-by': readonly string[]
    readonly timespan: string
    readonly learning: string
    readonly condition: { readonly field: string; readonly as: ValueForm }
    readonly generate: boolean
  }
}

const texts = z.array(z.string()).default([])

const about = {
  title: z.string().min(1).max(256),
  id: z.string().min(1).optional(),
  name: z.string().min(1).optional(),
  description: z.string().default(''),
  level: z.enum(levels).default('medium'),
  status: z.enum(['stable', 'test', 'experimental', 'deprecated', 'unsupported']).optional(),
  tags: texts,
  references: texts,
  falsepositives: texts,
}

/** Sigma also allows custom keys. Known keys that would change the meaning of a rule are refused by name. */
export const eventRuleDocument: z.ZodType<EventRuleDocument> = z.looseObject({
  ...about,
  logsource: z.looseObject({
    product: z.literal('asana', { error: () => 'not asana: the rule is for another log' }),
    service: z.literal('audit', { error: () => 'not audit: the rule is for another log' }).optional(),
  }),
  detection: z.looseObject({
    condition: z.union([z.string(), z.array(z.string()).min(1)]),
    timeframe: z.undefined({ error: () => 'not supported; write a correlation rule' }).optional(),
  }),
})

const threshold = z.number().int().min(1)

const oneOrMore = z.union([z.string().transform((rule) => [rule]), z.array(z.string()).min(1)])
const fields = z.union([z.string().transform((field) => [field]), z.array(z.string())]).default([])

export const correlationDocument: z.ZodType<CorrelationDocument> = z.looseObject({
  ...about,
  correlation: z.strictObject({
    type: z.enum(correlationTypes),
    rules: oneOrMore,
    'group-by': fields,
    timespan: z.string(),
    condition: z
      .strictObject({ gte: threshold.optional(), gt: threshold.optional(), field: z.string().optional() })
      .optional(),
    aliases: z.record(z.string(), z.record(z.string(), z.string())).default({}),
    generate: z.boolean().default(false),
  }),
})

export const firstSeenDocument: z.ZodType<FirstSeenDocument> = z.looseObject({
  ...about,
  correlation: z.strictObject({
    type: z.literal('first_seen'),
    rules: oneOrMore,
    'group-by': fields,
    timespan: z.string().default('35d'),
    learning: z.string().default('14d'),
    condition: z.strictObject({ field: z.string().min(1), as: z.enum(valueForms).default('value') }),
    generate: z.boolean().default(false),
  }),
})

const kinds: Partial<Record<string, string>> = {
  object: 'a map',
  record: 'a map',
  array: 'a list',
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
}

/** What is wrong with a value, for those who write rules. Undefined where zod's own words are plain enough. */
export const inPlainWords: z.core.$ZodErrorMap = (issue) => {
  if (issue.input === undefined) return 'it is missing'
  switch (issue.code) {
    case 'invalid_type':
      return `it must be ${kinds[issue.expected]}`
    case 'invalid_value':
      return `it must be one of ${issue.values.join(', ')}`
    case 'invalid_union':
      return 'it must be a text or a list of texts'
    case 'unrecognized_keys':
      return `it may not hold ${issue.keys.join(', ')}`
    default:
      return undefined
  }
}

/** The problems zod found, one sentence each. */
export function sentences(error: z.ZodError): string[] {
  return error.issues.map((issue) => {
    const path = issue.path.join('.')
    return path === '' ? issue.message : `${path}: ${issue.message}`
  })
}
