import { createHash } from 'node:crypto'
import * as z from 'zod'
import { dayMs, hourMs, minuteMs } from '../../duration.ts'
import { didYouMean } from '../../terminal/did-you-mean.ts'
import type { Problem } from '../../terminal/problem.ts'
import type { Origin } from '../origin.ts'
import type { Proxies } from '../proxy/proxies-from-env.ts'
import { missingUnit, parseDuration, parseTime } from '../times/time.ts'
import { zoneOffset } from '../times/zone-offset.ts'
import { meantChoice } from '../yaml/meant-choice.ts'
import { MisreadNumber } from '../yaml/misread-number.ts'
import { ownValue } from '../yaml/own-value.ts'
import { unknownSetting } from '../yaml/unknown-setting.ts'
import { goodWebhookValues, type WebhookSettings, webhookDocument, webhookSettings } from './webhook.ts'

export interface DropOffSettings {
  readonly isOn: boolean
  readonly learns: boolean
  readonly afterMs: number | undefined
  readonly offsetAt: (at: number) => number
  readonly isQuiet: (hour: number) => boolean
}

/** What a run raises alarms about, and whom it tells. */
export interface AlarmSettings {
  readonly dropOff: DropOffSettings
  /** How long reading or writing may fail before there is an alarm, in milliseconds. */
  readonly failingMs: number
  /** How long before unread events are deleted the alarm begins, in milliseconds. */
  readonly retentionMs: number
  readonly quarantine: boolean
  readonly webhooks: readonly WebhookSettings[]
  /** Equal for equal settings, so that a change of the file can be noticed. */
  readonly digest: string
}

export const goodAlarm =
  'Give a map, for example alarm: { drop_off_after: 1d }, or alarm: {} for the usual values.'

/** What to write, by the path within `alarm`. */
export const goodAlarmValues: Readonly<Record<string, string>> = {
  '': goodAlarm,
  drop_off: 'Give true or false.',
  learned: 'Give true or false.',
  drop_off_after: 'Give a duration from 15m to 30d, for example 1d.',
  quiet_days: 'Give a list of dates, for example [2026-12-25, 2026-12-26].',
  zone: 'Give the name of a time zone, for example Europe/Berlin.',
  failing: 'Give a duration from 1m to 30d, for example 15m.',
  retention: 'Give a duration from 1h to 90d, for example 7d.',
  quarantine: 'Give true or false.',
  webhooks: 'Give a list, for example [{ shape: slack, url_file: /run/secrets/slack-url }].',
  ...goodWebhookValues,
}

const text = z.string().trim().min(1)
const duration = (least: number, most: number) =>
  text
    .transform((value, context) => {
      const parsed = parseDuration(value)
      if (parsed === undefined) context.addIssue('not a duration')
      return parsed ?? z.NEVER
    })
    .pipe(z.number().min(least).max(most))
const isDate = (value: string): boolean => parseTime(value, 0) !== undefined

export const alarmDocument = z.strictObject({
  drop_off: z.boolean().optional(),
  learned: z.boolean().optional(),
  drop_off_after: duration(15 * minuteMs, 30 * dayMs).optional(),
  quiet_days: z
    .array(
      z
        .string()
        .regex(/^\d{4}-\d\d-\d\d$/)
        .refine(isDate),
    )
    .optional(),
  zone: text.refine((zone) => zoneOffset(zone) !== undefined).optional(),
  failing: duration(minuteMs, 30 * dayMs).optional(),
  retention: duration(hourMs, 90 * dayMs).optional(),
  quarantine: z.boolean().optional(),
  webhooks: z.array(webhookDocument).optional(),
})

/** Reads `alarm:` of a file, and adds every problem with it. Undefined if it is wrong: then nothing may start. */
export function readAlarm(
  value: unknown,
  origin: Origin,
  proxies: Proxies,
  problems: Problem[],
): AlarmSettings | undefined {
  const { success, data, error } = alarmDocument.safeParse(value)
  if (!success) {
    problems.push(...error.issues.flatMap((issue) => problemOf(issue, value, origin)))
    return undefined
  }
  const offsetAt = zoneOffset(data.zone ?? 'UTC') ?? (() => 0)
  const quiet = new Set(data.quiet_days)
  return {
    dropOff: {
      isOn: data.drop_off ?? true,
      learns: data.learned ?? true,
      afterMs: data.drop_off_after,
      offsetAt,
      isQuiet: (hour) => quiet.has(new Date(hour + offsetAt(hour) * minuteMs).toISOString().slice(0, 10)),
    },
    failingMs: data.failing ?? 15 * minuteMs,
    retentionMs: data.retention ?? 7 * dayMs,
    quarantine: data.quarantine ?? true,
    webhooks: (data.webhooks ?? []).map((written, index) =>
      webhookSettings(written, index, { origin, proxies, problems }),
    ),
    digest: createHash('sha256').update(JSON.stringify(data)).digest('base64url'),
  }
}

function problemOf(issue: z.core.$ZodIssue, document: unknown, origin: Origin): Problem[] {
  const path = ['alarm', ...issue.path]
    .map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`))
    .join('')
    .slice(1)
  const plain = issue.path.filter((key) => typeof key !== 'number').join('.')
  if (issue.code === 'unrecognized_keys') {
    const within = plain === '' ? '' : `${plain}.`
    const known = Object.keys(goodAlarmValues)
      .filter((key) => key !== '' && key.startsWith(within) && !key.slice(within.length).includes('.'))
      .map((key) => key.slice(within.length))
    return issue.keys.map((key) => ({
      setting: origin.settingName(`${path}.${key}`),
      ...unknownSetting(key, known),
    }))
  }
  const message = `${what(issue, document, plain)} ${ownValue(goodAlarmValues, plain) ?? goodAlarm}`
  return [{ setting: origin.settingName(path), message }]
}

/** Values of webhooks are not quoted, nor is a text in place of the map: they may be secrets. */
function what(issue: z.core.$ZodIssue, document: unknown, plain: string): string {
  let value = document
  for (const key of issue.path) value = (value as Record<PropertyKey, unknown> | undefined)?.[key]
  if (value === undefined || value === null) return 'It is not set.'
  if (plain.startsWith('webhooks') || (plain === '' && typeof value === 'string'))
    return `It cannot be used.${meantChoice(value, issue)}`
  const unitless = plain.endsWith('after') || plain === 'failing' || plain === 'retention'
  const shown = value instanceof MisreadNumber ? String(value) : value
  return (
    (unitless && missingUnit(shown, plain === 'failing' ? 'm' : 'd')) ||
    `${JSON.stringify(shown)} cannot be used.${plain === 'zone' ? didYouMean(String(value), Intl.supportedValuesOf('timeZone')) : ''}`
  )
}
