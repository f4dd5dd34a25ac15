import { dayMs } from '../../duration.ts'
import { differs, reasonOf, verifyJson } from '../verify/verify-report.ts'
import type { Explained, InArchive, NotInArchive, OfPipeline } from './explain-event.ts'

/** What is known of an event, in whole sentences, and what is not. */
export interface Explanation {
  readonly known: readonly string[]
  readonly notKnown: readonly string[]
}

export function explanationOf(explained: Explained): Explanation {
  const { gid, event, archives, pipelines, notIn } = explained
  const what = event
    ? `The event ${gid} is ${event.event_type ?? 'of no type'}, of ${event.created_at}.`
    : `No place that was searched has an event ${gid}.`
  return {
    known: [
      what,
      ...asanaSentences(explained),
      ...archives.map(archiveSentence),
      ...notIn.map(notInSentence),
      ...pipelines.flatMap((one) => pipelineSentences(one, explained)),
    ],
    notKnown: unknownOf(explained),
  }
}

/** Asana keeps 90 days. Somebody may ask for a little less. */
const nearlyAllMs = 89 * dayMs

/** What Asana shows of the event. No sentence if Asana was not asked. */
function asanaSentences({ isShown, searched, because }: Explained): string[] {
  if (!searched) return []
  if (isShown) return ['Asana shows it now.']
  const [from, until] = [searched.from, searched.until].map((at) => new Date(at).toISOString())
  const isAll = searched.until - searched.from >= nearlyAllMs
  const why = isAll
    ? 'It never did, or it deleted it, as it does after 90 days.'
    : {
        event: 'It happened then: Asana deleted it, as it does after 90 days, or does not show it any more.',
        deleted: 'Asana deleted all of that time, as it does after 90 days.',
        about: 'It may be of another time: --since 90d in place of --at searches all that Asana keeps.',
        window: 'It may be of another time: --since 90d searches all that Asana keeps.',
      }[because]
  return [`Asana does not show it from ${from} to ${until}. ${why}`]
}

function archiveSentence({ place, key, recorded, problem, isAsShown }: InArchive): string {
  const first = recorded
    ? `It was first recorded at ${recorded.writtenAt}, by entry ${recorded.sequence} of the lane ${recorded.lane}${recorded.isSigned ? ', which is signed' : ''}${recorded.key === key ? '' : `, in ${recorded.key}, which was joined with others since`}.`
    : 'Its object has no entry in the manifest.'
  const content =
    isAsShown === undefined
      ? ''
      : isAsShown
        ? ' It holds what Asana shows now.'
        : ' It holds something else than Asana shows now: Asana has rewritten it, the field policy was changed, or the object was.'
  return `The archive ${place} holds it in ${key}. ${first}${content}${problem === undefined ? '' : ` ${problem}`}`
}

function notInSentence({ place, day, unread: [first, ...more] }: NotInArchive): string {
  if (first === undefined && day !== undefined)
    return `The archive ${place} does not hold it among the events of ${day}. Without --at all days are searched.`
  if (first === undefined) return `The archive ${place} does not hold it.`
  const which = more.length === 0 ? first : `${first} and ${more.length} more of its objects`
  return `The archive ${place} does not hold it in what can be read, but may have held it: ${which} cannot be read, or ${more.length === 0 ? 'is' : 'are'} gone. See what is wrong: asana-audit archive verify ${place}`
}

function pipelineSentences(one: OfPipeline, { hasState }: Explained): string[] {
  const { pipeline, isAskedFor, fieldChanges, quarantined, hour } = one
  const sentences: string[] = []
  if (isAskedFor === false) sentences.push('its filters leave this event out')
  if (isAskedFor && fieldChanges) {
    const changes = fieldChanges.map(({ path, change }) => `${path} is ${change}`)
    sentences.push(
      changes.length === 0
        ? 'its field policy leaves the event as it is'
        : `its field policy changes the event: ${changes.join(', ')}`,
    )
  }
  for (const { number, kind, code, reason, quarantinedAt } of quarantined)
    sentences.push(
      `it is in the quarantine as number ${number} since ${quarantinedAt}, ${kind} (${code}): ${reason}`,
    )
  if (hour && hasState) sentences.push(hourSentence(one))
  return sentences.map((sentence) => `${pipeline}: ${sentence.replace(/\.$/, '')}.`)
}

/** What the ledger says of the hour. */
function hourSentence({ hour, quarantined, isAskedFor, destination }: OfPipeline): string {
  const [reconciled] = hour!.hours
  if (!reconciled) {
    const why = hour!.leftOut.map(reasonOf).join('; ')
    return `the ledger says nothing of this hour that can be compared${why === '' ? '' : `: ${why}`}`
  }
  const { source, delivered, content } = reconciled
  if (!reconciled.same)
    return `in the hour of the event Asana shows ${source} and the ledger has ${delivered} as accepted, so it is not known whether this one was; verify says more`
  const held =
    content === 'same'
      ? ', and what they hold is the same'
      : differs(reconciled)
        ? ', but one or more of them hold something else now'
        : ''
  const all = `the sums of the hour agree: Asana shows ${source}, and the ledger has all of them${held}`
  if (isAskedFor !== true || quarantined.length > 0) return all
  return reconciled.uncertain > 0
    ? `${all}. So the destination (${destination}) accepted it, unless it is one of ${reconciled.uncertain} that are uncertain`
    : `${all}. So the destination (${destination}) accepted it`
}

function unknownOf({ event, searched, archives, pipelines, hasState, isShown }: Explained): string[] {
  const notAsked = 'whether a destination still has it: destinations are not asked'
  if (!searched) {
    const ofRun = 'what Asana shows now, what the field policy did to it, and which destination accepted it'
    return [`${ofRun}: give the settings of the run, --config or --to`, notAsked]
  }
  const accepting = pipelines.filter(({ quarantined }) => quarantined.length === 0)
  return [
    ...(event ? [] : ['when it happened: --at searches a day or an hour that you give']),
    ...(hasState ? [] : ['what was delivered: there is no state']),
    ...(archives.length === 0
      ? ['when it was first seen, and in which lane: only an archive records that']
      : []),
    ...(event && hasState
      ? accepting.map(
          ({ pipeline }) => `when ${pipeline} delivered it: the ledger counts by the hour of the event`,
        )
      : []),
    ...(isShown ? [] : ['what the field policy did to it: that shows only beside what Asana has']),
    notAsked,
  ]
}

/** The names are stable, and docs/verify.md lists them. */
export function explanationJson(explained: Explained): object {
  const { gid, event, searched, isShown, archives, notIn, pipelines } = explained
  return {
    ...{ gid, event: event ?? null },
    asana: searched
      ? {
          shown: isShown,
          from: new Date(searched.from).toISOString(),
          until: new Date(searched.until).toISOString(),
        }
      : null,
    archives: [
      ...archives.map(({ place, key, recorded, problem, isAsShown }) => ({
        ...{ place, found: true, key, recorded: recorded ?? null },
        ...{ sameAsAsana: isAsShown ?? null, problem: problem ?? null },
      })),
      ...notIn.map((one) => ({ ...one, found: false })),
    ],
    pipelines: pipelines.map(({ pipeline, destination, isAskedFor, fieldChanges, quarantined, hour }) => ({
      ...{ pipeline, destination, askedFor: isAskedFor ?? null, fieldChanges: fieldChanges ?? null },
      quarantined: quarantined.map(({ event: _, pipeline: __, ...entry }) => entry),
      hour: hour ? verifyJson(hour) : null,
    })),
    ...explanationOf(explained),
  }
}
