import { hourMs, openEnd, type ReconciledHour } from '@asana-audit/core/ledger'
import { counted } from '../../counted.ts'
import { say } from '../../terminal/say.ts'
import type { LeftOut } from './verify-limits.ts'
import type { Verified } from './verify-pipeline.ts'

/** `same`: no compared hour differs. `uncertain`: no hour differs either, but the receiver may have refused some of the events. */
export type VerifyResult = 'same' | 'different' | 'uncertain' | 'nothing_compared'

export function resultOf({ compared, hours }: Verified): VerifyResult {
  if (compared.length === 0) return 'nothing_compared'
  if (hours.some(differs)) return 'different'
  return uncertainIn(hours) > 0 ? 'uncertain' : 'same'
}

/** Whether Asana shows other events than the destination accepted, or the same events with another content. */
export function differs({ same, content }: ReconciledHour): boolean {
  return !same || content === 'rewritten'
}

function uncertainIn(hours: readonly ReconciledHour[]): number {
  return hours.reduce((sum, { uncertain }) => sum + uncertain, 0)
}

/** What `verify` can never check. */
const neverCompared = 'what the destination kept of what it accepted'

/** The result as JSON. The names are stable, and docs/verify.md lists them. */
export function verifyJson(verified: Verified): object {
  const { pipeline, compared, hours, leftOut, rewritten = [] } = verified
  return {
    ...{ pipeline, result: resultOf(verified) },
    between: 'what Asana shows now, and what the destination accepted by the ledger of the state',
    compared: compared.map(({ from, until }) => ({ from: timeOf(from), until: timeOf(until) })),
    hours: hours.map((each) => ({ ...each, hour: timeOf(each.hour) })),
    ...(rewritten.length > 0 && { rewritten }),
    notCompared: [
      { code: 'kept_by_destination', message: neverCompared },
      ...leftOut.map((part) => ({
        ...{ code: part.code, from: timeOf(part.from), until: timeOf(part.until) },
        message: reasonOf(part),
      })),
    ],
  }
}

/** Prints the result for a person. */
export function sayVerified(verified: Verified): void {
  for (const { text, indent } of verifiedLines(verified)) say(text, indent)
}

/** `indent`: of the continuation lines. */
export function verifiedLines(verified: Verified): { readonly text: string; readonly indent: number }[] {
  const { pipeline, compared, hours, leftOut } = verified
  const result = resultOf(verified)
  if (result === 'nothing_compared') {
    const why = leftOut.map(reasonOf).join('; ') || 'the window is empty'
    return [{ text: `! ${pipeline}: nothing was compared: ${why}.`, indent: 2 }]
  }
  const differing = hours.filter(differs)
  const total = compared.reduce((sum, { from, until }) => sum + (until - from) / hourMs, 0)
  const time = `${counted(total, 'hour')}${spanText(verified)}`
  const head =
    result === 'different'
      ? `✗ ${pipeline}: in ${differing.length} of ${time}, what Asana shows now is not what the destination accepted:`
      : `${result === 'same' ? '✓' : '!'} ${pipeline}: ${accepted(hours)}, in ${time}.`
  return [
    { text: head, indent: 2 },
    ...differing.map((hour) => ({ text: differenceLine(hour), indent: 6 })),
    ...(verified.rewritten ?? []).map(({ gid, place, key }) => ({
      text: `    Asana has rewritten ${gid}; ${place} holds it as it was, in ${key}`,
      indent: 6,
    })),
    ...uncertainLines(uncertainIn(hours)),
    {
      text: `  Not compared: ${[neverCompared, ...contentReasons(hours), ...leftOut.map(reasonOf)].join('; ')}.`,
      indent: 4,
    },
  ]
}

function uncertainLines(uncertain: number): { readonly text: string; readonly indent: number }[] {
  if (uncertain === 0) return []
  const [may, those] =
    uncertain === 1
      ? ['The uncertain event may be missing', 'it']
      : [`The ${uncertain.toLocaleString('en')} uncertain events may be missing`, 'those']
  const text =
    `  ${may}: the receiver refused some events of a write, and did not say which. ` +
    'asana-audit quarantine list names them: look for their log.record.uid (the gid) at the destination. ' +
    `asana-audit quarantine discard removes ${those} that it has from the quarantine, ` +
    'and asana-audit quarantine replay --uncertain sends the rest again.'
  return [{ text, indent: 4 }]
}

/** Says for how many hours the contents could not be compared, and why. */
function contentReasons(hours: readonly ReconciledHour[]): string[] {
  const recorded = hours.filter(({ content }) => content === 'not_recorded').length
  const otherForm = hours.filter(({ content }) => content === 'other_form').length
  return [
    ...(recorded > 0 ? [`what the events of ${counted(recorded, 'hour')} hold, which was not recorded`] : []),
    ...(otherForm > 0
      ? [`what the events of ${counted(otherForm, 'hour')} hold, as the field policy was changed since`]
      : []),
  ]
}

/** According to the ledger: the destination itself is not asked. */
function accepted(hours: readonly ReconciledHour[]): string {
  const sum = (of: 'source' | 'delivered' | 'quarantined' | 'uncertain'): number =>
    hours.reduce((total, hour) => total + hour[of], 0)
  const [shown, delivered, inQuarantine, uncertain] = [
    sum('source'),
    sum('delivered'),
    sum('quarantined'),
    sum('uncertain'),
  ]
  const rest = [
    inQuarantine > 0 &&
      `${inQuarantine.toLocaleString('en')} of them ${inQuarantine === 1 ? 'is' : 'are'} in quarantine`,
    uncertain > 0 && `${uncertain.toLocaleString('en')} ${uncertain === 1 ? 'is' : 'are'} uncertain`,
  ].filter(Boolean)
  const all = `Asana shows ${counted(shown, 'event')} now, and by our ledger the destination accepted`
  if (rest.length === 0) return `${all} exactly these`
  return `${all} ${delivered.toLocaleString('en')} of them; ${rest.join(' and ')}`
}

function spanText({ compared }: Verified): string {
  const [first, last] = [compared[0], compared.at(-1)]
  return first && last ? ` from ${hourText(first.from)} to ${hourText(last.until)}` : ''
}

export function reasonOf({ code, from, until, others = [] }: LeftOut): string {
  const time = [
    from === undefined ? '' : `from ${hourText(from)}`,
    until === undefined
      ? from === undefined
        ? ''
        : ' on'
      : `${from === undefined ? 'before' : ' to'} ${hourText(until)}`,
  ].join('')
  switch (code) {
    case 'nothing_delivered':
      return others.length === 0
        ? 'nothing has been delivered yet'
        : `nothing has been delivered yet by this pipeline; the state holds ${others.map((name) => JSON.stringify(name)).join(', ')}, which --name names, or the --workspace and --to it runs with`
    case 'nothing_since_rewind':
      return `nothing has been delivered since \`state rewind\`, and what was accepted before it is not counted any more; the next run delivers again${from === undefined ? '' : `, ${time}`}`
    case 'not_asked_for':
      return `${time}, which no run and no backfill was asked for`
    case 'deleted_by_asana':
      return `${time}, which Asana deletes after 90 days`
    case 'not_read_yet':
      return `${time}, where a backlog or a backfill is not finished yet`
    case 'late_events_may_come':
      return `${time}, where late events may still appear`
  }
}

function differenceLine({ hour, source, delivered, quarantined, uncertain, same }: ReconciledHour): string {
  const ours = delivered + quarantined + uncertain
  const what =
    source > ours
      ? `${source - ours} missing`
      : source < ours
        ? `${ours - source} that Asana does not show`
        : same
          ? 'the same events, but Asana has rewritten one or more of them since'
          : 'other ids'
  return `    ${hourText(hour)}  Asana shows ${source}, accepted ${delivered}, in quarantine ${quarantined}, uncertain ${uncertain}: ${what}`
}

function timeOf(at: number | undefined): string | undefined {
  return at === undefined || at >= openEnd ? undefined : new Date(at).toISOString()
}

/** In the form that `--since` and `--until` take. */
function hourText(time: number): string {
  return `${new Date(time).toISOString().slice(0, 19)}Z`
}
