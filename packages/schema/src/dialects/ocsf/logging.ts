import type { Provenance } from '../../context/event-context.ts'
import { withoutUndefined } from '../../context/without-undefined.ts'

/** Attributes of `metadata`: which program collected the event, in which of its runs, and when. The rest of the provenance is an enrichment. */
export function logging({ version, run, receivedAt }: Provenance): object {
  const time = receivedAt && { logged_time: receivedAt[0] * 1000 + Math.floor(receivedAt[1] / 1_000_000) }
  return { ...time, loggers: [withoutUndefined({ name: 'asana-audit', version, uid: run, ...time })] }
}
