import type { WebhookShape } from '../config/monitoring/webhook.ts'
import { hourMs } from '../duration.ts'
import type { Finding } from '../progress/finding/finding.ts'
import { severityOf, type Told } from './alarm.ts'

/** The body of a request, as its receiver wants it. */
export function webhookBody(shape: WebhookShape, told: Told): string {
  return JSON.stringify(shapes[shape](told))
}

const shapes: Readonly<Record<WebhookShape, (told: Told) => unknown>> = { json, slack, alertmanager }

function json({ alarm, replaced }: Told): object {
  const { pipeline, kind, finding, state, since, message } = alarm
  return {
    ...{ version: 1, pipeline, alarm: kind, state, since: new Date(since).toISOString(), message, replaced },
    ...(finding && { finding: webhookFinding(finding) }),
  }
}

/** A finding without its time and message, which the alarm has already. */
function webhookFinding({ at: _, message: __, ...finding }: Finding): object {
  return finding
}

/** https://docs.slack.dev/messaging/formatting-message-text: three characters are escaped. */
function slack({ alarm, replaced }: Told): object {
  const { pipeline, kind, state, message } = alarm
  const escaped = (text: string): string =>
    text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
  const earlier = replaced === 0 ? '' : ` (${replaced} earlier changes could not be sent)`
  const mark = { ALARM: ':rotating_light:', OK: ':white_check_mark:', INSUFFICIENT_DATA: ':grey_question:' }[
    state
  ]
  return { text: escaped(`${mark} ${state} ${kind.replaceAll('_', ' ')}, ${pipeline}: ${message}${earlier}`) }
}

/** An alarm that stands is sent again well before this. */
const validMs = hourMs

/** `POST /api/v2/alerts` of Alertmanager. What is not an alarm has ended. */
function alertmanager({ alarm, now }: Told): object[] {
  const { pipeline, kind, finding, state, since, message } = alarm
  const isOver = state !== 'ALARM'
  return [
    {
      labels: {
        ...{ alertname: 'AsanaAudit', alarm: kind, pipeline, severity: severityOf(alarm) },
        ...(finding && { finding: finding.id, rule: finding.rule.title, level: finding.rule.level }),
      },
      annotations: { summary: `${pipeline}: ${kind.replaceAll('_', ' ')}`, description: message },
      // The start of an alarm that is over is known to Alertmanager.
      ...(!isOver && { startsAt: new Date(since).toISOString() }),
      endsAt: new Date(isOver ? now : now + validMs).toISOString(),
    },
  ]
}
