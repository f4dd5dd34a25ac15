import { createHmac } from 'node:crypto'
import { fault, type HttpClient } from '@asana-audit/core'
import { answeredBy, statusFault, tellOldSecret, withRetryAfter } from '@asana-audit/core/sink-kit'
import type { WebhookSettings } from '../config/monitoring/webhook.ts'
import type { Warning } from '../terminal/problem.ts'
import type { SendAlarm } from './outbox.ts'
import { webhookBody } from './webhook-body.ts'

const deadlineMs = 10_000
const maxAnswerBytes = 65_536

/**
 * Sends to one webhook. With a key, the header `asana-audit-signature` is `t=SECONDS,v1=HEX`: HMAC-SHA256 of the seconds, a dot and the
 * body. The URL is read for each attempt, and no fault shows it: it may be a secret.
 */
export function webhook(settings: WebhookSettings, client: HttpClient, now: () => number): SendAlarm {
  return async (alarm, replaced, signal) => {
    const { shape, url, urlSetting, key } = settings
    const body = webhookBody(shape, { alarm, replaced, now: now() })
    const address = addressIn(await url(), urlSetting.setting)
    const response = await client.exchange({
      method: 'POST',
      url: address,
      headers: {
        'user-agent': 'asana-audit',
        'content-type': 'application/json',
        ...(key && { 'asana-audit-signature': signature(await key(), body, now()) }),
      },
      body: Buffer.from(body),
      ...{ deadlineMs, maxBytes: maxAnswerBytes, signal },
    })
    if (response.status >= 200 && response.status < 300) return
    const shapeOf = withRetryAfter(statusFault(response.status), response.headers['retry-after'], now())
    throw fault({
      ...shapeOf,
      message: `${answeredBy(address.origin, response)} answered ${response.status}.`,
    })
  }
}

/** The same webhook, with a warning if its URL or its key cannot be read any more, so that the earlier one stays in use. */
export function tellingOld(settings: WebhookSettings, say: (warning: Warning) => void): WebhookSettings {
  const { name, url, key } = settings
  const tell = (message: string): void => say({ code: 'old_credentials', message: `${name}: ${message}` })
  return { ...settings, url: tellOldSecret(url, tell), key: key && tellOldSecret(key, tell) }
}

/** Checks the URL each time, because its file may have changed. An error of `URL` itself would quote the text, which may be a secret. */
function addressIn(text: string, setting: string): URL {
  // `URL` leaves line breaks out, so that a second line would become a part of the first.
  const address = /^\S+$/.test(text) && URL.canParse(text) ? new URL(text) : undefined
  if (address?.protocol === 'http:' || address?.protocol === 'https:') return address
  const message = `${setting}: It holds no URL now. Put an http or https URL there, and nothing else.`
  throw fault({ fault: 'fatal', code: 'bad_url', message })
}

function signature(key: string, body: string, now: number): string {
  const seconds = Math.floor(now / 1_000)
  return `t=${seconds},v1=${createHmac('sha256', key).update(`${seconds}.${body}`).digest('hex')}`
}
