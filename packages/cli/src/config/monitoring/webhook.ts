import type { HttpClientOptions } from '@asana-audit/core'
import { secretFile, secretFileProblem } from '@asana-audit/core/config'
import { type SecretReader, systemClock } from '@asana-audit/core/sink-kit'
import * as z from 'zod'
import type { Problem } from '../../terminal/problem.ts'
import type { Origin } from '../origin.ts'
import type { Proxies } from '../proxy/proxies-from-env.ts'

export const webhookShapes = ['json', 'slack', 'alertmanager'] as const
export type WebhookShape = (typeof webhookShapes)[number]

export interface WebhookSettings {
  /** For people. It holds no part of the URL, which may be a secret. */
  readonly name: string
  readonly shape: WebhookShape
  readonly url: SecretReader
  /** Its name in error messages: the file it names may hold something else later. */
  readonly urlSetting: { readonly setting: string }
  /** What requests are signed with. */
  readonly key: SecretReader | undefined
  readonly http: HttpClientOptions
}

/** What to write, by the path within `alarm`. */
export const goodWebhookValues: Readonly<Record<string, string>> = {
  'webhooks.shape': 'Give json, slack or alertmanager.',
  'webhooks.url': 'Give an http or https URL, or a variable that holds it.',
  'webhooks.url_file': 'Give the path of a file that holds the URL, for example /run/secrets/slack-url.',
  'webhooks.key_file':
    'Give the path of a file with at least 16 characters, for example /run/secrets/alarm-key.',
}

const text = z.string().trim().min(1)
const isUrl = (value: string): boolean => URL.canParse(value) && /^https?:$/.test(new URL(value).protocol)

export const webhookDocument = z.strictObject({
  shape: z.enum(webhookShapes).optional(),
  url: z.string().refine(isUrl).optional(),
  url_file: text.optional(),
  key_file: text.optional(),
})
type Webhook = z.output<typeof webhookDocument>

/** The files that a webhook may name. */
const files = {
  url_file: { what: 'URL', isGood: isUrl },
  key_file: { what: 'key', isGood: (key: string): boolean => key.length >= 16 },
}

interface Reading {
  readonly origin: Origin
  readonly proxies: Proxies
  readonly problems: Problem[]
}

/** Reads one entry of `alarm.webhooks`, and adds every problem with it. */
export function webhookSettings(
  written: Webhook,
  index: number,
  { origin, proxies, problems }: Reading,
): WebhookSettings {
  const at = `alarm.webhooks[${index}]`
  const { shape = 'json', url, url_file: file, key_file: keyFile } = written
  if (url === undefined && file === undefined) {
    const message = `Neither url nor url_file is set. ${goodWebhookValues['webhooks.url_file']}`
    problems.push({ setting: origin.settingName(at), message })
  }
  if (url !== undefined && file !== undefined)
    problems.push({
      setting: origin.settingName(`${at}.url`),
      message: 'url_file is set as well. Keep one of the two.',
    })
  const secret = (name: keyof typeof files, path: string): SecretReader => {
    const setting = origin.settingName(`${at}.${name}`)
    const { what, isGood } = files[name]
    const problem = secretFileProblem(
      { setting, path: origin.file(path), written: path },
      (found) =>
        isGood(found) ? undefined : `What it holds cannot be used. ${goodWebhookValues[`webhooks.${name}`]}`,
      what,
    )
    if (problem) problems.push(problem)
    return secretFile(origin.file(path), path, systemClock, what)
  }
  return {
    name: `The webhook ${index + 1} (${shape})`,
    shape,
    urlSetting: { setting: origin.settingName(file === undefined ? `${at}.url` : `${at}.url_file`) },
    url: file === undefined ? () => url ?? '' : secret('url_file', file),
    key: keyFile === undefined ? undefined : secret('key_file', keyFile),
    http: proxies.through(),
  }
}
