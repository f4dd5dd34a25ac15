import { type Fault, type FaultShape, fault, type HttpResponse } from '@asana-audit/core'
import {
  answeredBy,
  redirectTarget,
  sanitizeServerText,
  statusFault,
  withRetryAfter,
} from '@asana-audit/core/sink-kit'
import { type HecAnswer, readAnswer } from './hec-answer.ts'
import { acceptingCodes, type HecSettings, hecCodes } from './hec-code.ts'

/** The request an answer is for. */
export interface Sent extends HecSettings {
  readonly url: URL
  /** No message may repeat it. */
  readonly token: string
  /** Events in it. */
  readonly events: number
  /** Before compression. */
  readonly bytes: number
  /** Whether this receiver has accepted anything yet. */
  readonly acceptedBefore: boolean
  /** Milliseconds since 1970, for a Retry-After that names a date. */
  readonly now: number
  /** Whether it asks which events are indexed. */
  readonly isPoll?: boolean
}

export interface Verdict {
  /** Undefined: everything was accepted. Counts from the start of the request. */
  readonly fault: Fault | undefined
  /** The id to poll: the accepted events count as indexed when it is acknowledged. */
  readonly ackId: number | undefined
  /** The collector itself says that it accepted nothing. */
  readonly untaken: boolean
  readonly nearCapacity: boolean
}

/** Above this size Splunk Cloud refuses a body with the code for bad data. */
const cloudLimitBytes = 1_000_000

/** What an answer means for the events of its request. */
export function judgeAnswer(response: HttpResponse, sent: Sent): Verdict {
  const answer = readAnswer(response.body)
  const success = response.status >= 200 && response.status <= 299
  const accepted = success && answer !== undefined && acceptingCodes.has(answer.code)
  const found = accepted ? undefined : refusal(response, answer, sent)
  return {
    fault: found,
    ackId: answer?.ackId,
    untaken: !accepted && answer !== undefined && isUntaken(answer),
    nearCapacity: accepted && answer.code !== 0,
  }
}

/** The collector gives this code before it reads events, or the code names the first event. */
function isUntaken({ code, invalidEventNumber: number }: HecAnswer): boolean {
  const known = hecCodes.get(code)
  if (!known) return false
  return !known.mayHaveTaken || (code !== 8 && number === (code === 7 ? 1 : 0))
}

function refusal(response: HttpResponse, answer: HecAnswer | undefined, sent: Sent): Fault {
  const { status, headers, body } = response
  const { url, token, now } = sent
  // Whatever code comes with it: no documented one has this status, and sending the same size again would never end.
  const coded = status === 413 ? undefined : answer
  const known = coded && hecCodes.get(coded.code)
  const { shape, nextStep } = known ?? unnamed(status, sent)
  const step =
    !known && sent.isPoll ? stepOfPoll(shape) : typeof nextStep === 'string' ? nextStep : nextStep(sent)
  const located = known ? locatedShape(shape, coded, sent) : shape
  const said = sanitizeServerText(answer?.text ?? body.toString('utf8'), [token])
  const answered = `${status}${known ? ` (code ${coded.code})` : ''}${sent.isPoll ? ' when it was asked which events are indexed' : ''}`
  // A code of the collector is from the collector.
  const who = known ? url.origin : answeredBy(url.origin, response)
  const target = redirectTarget(response, url)
  const leads = target && `It leads to ${sanitizeServerText(target, [token])}.`
  const message = [`${who} answered ${answered}.`, step, leads, said && `It says: "${said}".`]
  return fault({
    ...withRetryAfter(located, headers['retry-after'], now),
    message: message.filter(Boolean).join(' '),
  })
}

/**
 * The position of a refusal in its request, as measured on Splunk 10: the events before the one it names are indexed.
 */
function locatedShape(
  shape: FaultShape,
  { code, invalidEventNumber: number }: HecAnswer,
  { events, bytes }: Sent,
): FaultShape {
  if (number === undefined) return shape
  // For a wrong index it names the following event.
  if (code === 7) return number >= 1 && number <= events ? { ...shape, accepted: number - 1 } : shape
  // For "no data" it names no event.
  if (shape.fault !== 'rejected' || code === 5 || number >= events) return shape
  if (code === 6 && number === 0 && bytes > cloudLimitBytes && events > 1)
    return { ...shape, code: 'too_large' }
  return { fault: 'rejected', code: shape.code, at: number, accepted: number }
}

/** The channel was refused; the same events may be accepted on a new one. */
export function onNewChannel({ code, message }: Fault): Fault<'temporary'> {
  return fault({ fault: 'temporary', code, message })
}

/** What to do when requests for acknowledgements fail. */
export const askedInVain =
  'Check that this address passes requests for /services/collector/ack to Splunk, and whether a proxy, load balancer or login page answers them instead.'

/** Events go to the same address and are accepted, so it is not wrong. If a temporary fault lasts, a warning says more. */
function stepOfPoll(shape: FaultShape): string {
  return shape.fault === 'fatal'
    ? `${askedInVain} It accepts events, so each try sends them again, and Splunk may hold them twice.`
    : ''
}

/** An answer without a code of the collector, from a proxy or another server. */
function unnamed(status: number, { acceptedBefore }: Sent): { shape: FaultShape; nextStep: string } {
  if (status >= 200 && status <= 299) {
    const nextStep =
      'That is not the HTTP Event Collector, so nothing counts as delivered. Check the address, and whether a proxy or a login page is in between.'
    return { shape: { fault: 'temporary', code: 'not_a_receiver' }, nextStep }
  }
  // Splunk Cloud has been seen to answer 404 during maintenance.
  if (status === 404 && acceptedBefore)
    return { shape: { fault: 'temporary', code: 'not_found' }, nextStep: '' }
  const shape = statusFault(status)
  return { shape, nextStep: nextSteps[shape.code] ?? '' }
}

/** The collector gives its code with every refusal. */
const notCollector =
  "Not Splunk's HTTP Event Collector, but another server at this address or a proxy before it"

const whenItLasts =
  'If it lasts, check whether Splunk runs, and whether a load balancer or proxy before it still reaches it.'

const nextSteps: Readonly<Record<string, string>> = {
  unavailable: whenItLasts,
  request_timeout: whenItLasts,
  server_error: whenItLasts,
  bad_data: `${notCollector} refuses a part of this request.`,
  unauthorized: `${notCollector} asks for credentials. Check the address.`,
  forbidden: `${notCollector} forbids the request. Check the address.`,
  not_found: 'Check the address; HEC usually listens on port 8088.',
  method_not_allowed: 'It does not accept POST there; check the address.',
  redirected: 'Redirects are not followed; set the address to the target of the redirect.',
  too_large:
    'It accepts only smaller requests. Raise the limit of the receiver, or of a proxy before it; a program that uses the library can lower maxBodyBytes instead.',
  unsupported_media_type:
    'It does not accept gzip; set compression to none (compression, SPLUNK_HEC_COMPRESSION).',
  unexpected_status: "Check that the address is that of Splunk's HTTP Event Collector.",
}
