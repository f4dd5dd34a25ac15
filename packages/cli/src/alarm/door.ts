import { type Clock, httpClient } from '@asana-audit/core'
import type { WebhookSettings } from '../config/monitoring/webhook.ts'
import type { PipelineSettings } from '../config/pipeline/pipeline-settings.ts'
import type { Warning } from '../terminal/problem.ts'
import type { AlarmDoor } from './alarm.ts'
import { type Outbox, outbox, type SendAlarm } from './outbox.ts'
import { tellingOld, webhook } from './webhook.ts'

/** How long the end of a run waits for receivers. The next run sends the alarms that they have not taken by then. */
const graceMs = 3_000

export interface DoorOptions {
  readonly webhooks: readonly WebhookSettings[]
  /** The pipelines at the start. Others may begin later. */
  readonly pipelines: readonly PipelineSettings[]
  /** The user's attributes of the resource of log records. */
  readonly resource: Readonly<Record<string, string>>
  readonly clock: Clock
  readonly say: (warning: Warning) => void
}

/** Where the alarms of a pipeline go beside the webhooks. */
interface Place {
  pipeline: PipelineSettings
  box: Outbox | undefined
}

/** All webhooks and the OTLP destinations of pipelines. Each has its own queue, so that none waits for another that is down. */
export function openDoor({ webhooks, pipelines: atStart, resource, clock, say }: DoorOptions): AlarmDoor {
  const receivers = webhooks.map((settings) => {
    const { name, shape, http } = settings
    const client = httpClient(http, say)
    const send = webhook(tellingOld(settings, say), client, clock.now)
    return { forgets: shape === 'alertmanager', client, box: outbox({ name, send, clock, say }) }
  })
  const places = new Map<string, Place>(
    atStart.map((pipeline) => [pipeline.name, { pipeline, box: undefined }]),
  )
  /** The queues of removed pipelines, which still send what waits in them. */
  const leaving = new Set<Promise<void>>()

  function destinationOf(name: string): Outbox | undefined {
    const place = places.get(name)
    if (place?.pipeline.destination.kind !== 'otlp') return undefined
    place.box ??= destinationBox(place)
    return place.box
  }

  function destinationBox(place: Place): Outbox {
    const send: SendAlarm = async (alarm, replaced, signal) => {
      const { sendAlarmRecord } = await import('./alarm-record.ts')
      await sendAlarmRecord(place.pipeline, resource, { alarm, replaced, now: clock.now() }, signal)
    }
    return outbox({ name: `The destination of ${place.pipeline.name}`, send, clock, say })
  }

  return {
    begins(pipeline) {
      const place = places.get(pipeline.name)
      if (place) place.pipeline = pipeline
      else places.set(pipeline.name, { pipeline, box: undefined })
    },
    removed(name) {
      const box = places.get(name)?.box
      places.delete(name)
      if (!box) return
      const closing = box.close(graceMs).finally(() => leaving.delete(closing))
      leaving.add(closing)
    },
    async tell(alarm) {
      // The pipeline itself sends a finding to its destination, and not only to OTLP.
      const destination = alarm.kind === 'detection' ? undefined : destinationOf(alarm.pipeline)
      const boxes = [...receivers.map(({ box }) => box), destination ?? []].flat()
      await Promise.all(boxes.map((box) => box.put(alarm)))
    },
    remind(standing) {
      for (const { box } of receivers.filter(({ forgets }) => forgets))
        for (const alarm of standing) box.put(alarm).catch(() => {}) // The run ends first.
    },
    async close() {
      const ofPlaces = [...places.values()].flatMap(({ box }) => box ?? [])
      const boxes = [...receivers.map(({ box }) => box), ...ofPlaces]
      await Promise.all([...boxes.map((box) => box.close(graceMs)), ...leaving])
      for (const { client } of receivers) await client.close()
    },
  }
}
