import * as z from 'zod'
import { alarmDocument, goodAlarm } from './monitoring/alarm.ts'
import { goodListen } from './monitoring/listen.ts'
import { pipelineDocument } from './pipeline/pipeline-document.ts'

/** A setting of a file that stands beside `pipelines`. */
interface FileSetting {
  /** What to write. Every message about a wrong value ends with it. */
  readonly good: string
  /** Its form, for editors. */
  readonly form: z.ZodType
}

/** The settings of a file. Checks, messages and the JSON Schema for editors take their names from here. */
export const fileSettings = {
  state: {
    good: 'Give a path or an address, for example /var/lib/asana-audit/state.db or postgres://user@host/database.',
    form: z.string().min(1),
  },
  requests_per_minute: {
    good: 'Give a whole number from 1, for example 1200. Asana allows 1500.',
    form: z.coerce.number().int().min(1),
  },
  listen: { good: goodListen.listen, form: z.union([z.string().min(1), z.int()]) },
  listen_token_file: { good: goodListen.listen_token_file, form: z.string().min(1) },
  listen_hosts: { good: goodListen.listen_hosts, form: z.array(z.string().min(1)) },
  listen_without_token: { good: goodListen.listen_without_token, form: z.boolean() },
  alarm: { good: goodAlarm, form: alarmDocument },
  pipelines: {
    good: 'Give a list with at least one pipeline, for example pipelines: [{ workspace: "1234567890123456", to: otlp }].',
    form: z.array(pipelineDocument).min(1),
  },
} as const satisfies Readonly<Record<string, FileSetting>>
