import { type Clock, httpClient } from '@asana-audit/core'
import type { WebhookSettings } from '../config/alarm.ts'
import type { Warning } from '../terminal/problem.ts'
import type { AlarmDoor } from './alarm.ts'
import { outbox } from './outbox.ts'
import { webhook } from './webhook.ts'

/** How long the end of a run waits for receivers. What they have not taken then is sent by the next run. */
const graceMs = 3_000

/** All webhooks, each with its own queue: one that is down holds up no other. */
export function openDoor(
  webhooks: readonly WebhookSettings[],
  clock: Clock,
  say: (warning: Warning) => void,
): AlarmDoor {
  const receivers = webhooks.map((settings) => {
    const { name, shape, http } = settings
    const client = httpClient(http)
    const send = webhook(settings, client, clock.now)
    return { forgets: shape === 'alertmanager', client, box: outbox({ name, send, clock, say }) }
  })
  return {
    async tell(alarm) {
      await Promise.all(receivers.map(({ box }) => box.put(alarm)))
    },
    remind(standing) {
      for (const { box } of receivers.filter(({ forgets }) => forgets))
        for (const alarm of standing) box.put(alarm).catch(() => {}) // The run ends first.
    },
    async close() {
      await Promise.all(receivers.map(({ box }) => box.close(graceMs)))
      for (const { client } of receivers) await client.close()
    },
  }
}
