import { type Fault, type FaultShape, fault, type HttpResponse } from '@asana-audit/core'
import { sanitizeServerText, statusFault, withRetryAfter } from '@asana-audit/core/sink-kit'
import { type HecAnswer, readAnswer } from './hec-answer.ts'
import { acceptingCodes, type HecSettings, hecCodes } from './hec-code.ts'

/** The request an answer is for. */
export interface Sent extends HecSettings {
  readonly url: URL
  /** Must not be repeated. */
  readonly token: string
  /** Events in it. */
  readonly events: number
  /** Before compression. */
  readonly bytes: number
  /** Whether this receiver has accepted anything yet. */
  readonly acceptedBefore: boolean
  /** Milliseconds since 1970, for a Retry-After that names a date. */
  readonly now: number
}

export interface Verdict {
  /** Undefined: everything was accepted. Counts from the start of the request. */
  readonly fault: Fault | undefined
  /** What to ask the collector about before what was accepted counts as indexed. */
  readonly ackId: number | undefined
  /** The collector itself says that it took nothing. */
  readonly untaken: boolean
  readonly nearCapacity: boolean
}

/** Above this the stacks of Splunk Cloud refuse a body with the code for bad data. */
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

/** A code the collector gives before it looks at events, or one that names the very first of them. */
function isUntaken({ code, invalidEventNumber: number }: HecAnswer): boolean {
  const known = hecCodes.get(code)
  if (!known) return false
  return !known.mayHaveTaken || (code !== 8 && number === (code === 7 ? 1 : 0))
}

function refusal({ status, headers, body }: HttpResponse, answer: HecAnswer | undefined, sent: Sent): Fault {
  const { url, token, now } = sent
  const known = answer && hecCodes.get(answer.code)
  const { shape, nextStep } = known ?? unnamed(status, sent)
  const step = typeof nextStep === 'string' ? nextStep : nextStep(sent)
  const located = known ? locatedShape(shape, answer, sent) : shape
  const said = sanitizeServerText(answer?.text ?? body.toString('utf8'), [token])
  const answered = known ? `${status} (code ${answer.code})` : status
  const message = [`${url.origin} answered ${answered}.`, step, said && `It says: "${said}".`]
  return fault({
    ...withRetryAfter(located, headers['retry-after'], now),
    message: message.filter(Boolean).join(' '),
  })
}

/** Where in the request a refusal lies, as measured on Splunk 10: what stands before the event it names is indexed. */
function locatedShape(
  shape: FaultShape,
  { code, invalidEventNumber: number }: HecAnswer,
  { events, bytes }: Sent,
): FaultShape {
  if (number === undefined) return shape
  // Of a wrong index it names the event after that.
  if (code === 7) return number >= 1 && number <= events ? { ...shape, accepted: number - 1 } : shape
  // Of no data it names none.
  if (shape.fault !== 'rejected' || code === 5 || number >= events) return shape
  if (code === 6 && number === 0 && bytes > cloudLimitBytes && events > 1)
    return { ...shape, code: 'too_large' }
  return { fault: 'rejected', code: shape.code, at: number, accepted: number }
}

/** A refusal of the channel, where the same events may be taken on a new one. */
export function onNewChannel({ code, message }: Fault): Fault<'temporary'> {
  return fault({ fault: 'temporary', code, message })
}

/** An answer without a code of the collector: a proxy's, or of another server altogether. */
function unnamed(status: number, { acceptedBefore }: Sent): { shape: FaultShape; nextStep: string } {
  if (status >= 200 && status <= 299) {
    const nextStep =
      'That is not the HTTP Event Collector, so nothing counts as delivered. Check the address, and whether a proxy or a login page is in between.'
    return { shape: { fault: 'temporary', code: 'not_a_receiver' }, nextStep }
  }
  // Stacks of Splunk Cloud have been seen to answer 404 while they are maintained.
  if (status === 404 && acceptedBefore)
    return { shape: { fault: 'temporary', code: 'not_found' }, nextStep: '' }
  const shape = statusFault(status)
  return { shape, nextStep: nextSteps[shape.code] ?? '' }
}

const nextSteps: Readonly<Record<string, string>> = {
  bad_data: 'Something before the collector refuses something in this request.',
  unauthorized: 'Something before the collector asks for credentials.',
  forbidden: 'Something before the collector forbids the request.',
  not_found: 'Check the address; HEC usually listens on port 8088.',
  method_not_allowed: 'It takes no POST there; check the address.',
  redirected: 'Redirects are not followed; set the address to where it leads.',
  too_large: 'It takes smaller requests only; lower maxBodyBytes.',
  unsupported_media_type: 'It does not take gzip; turn compression off.',
  unexpected_status: "Check that the address is that of Splunk's HTTP Event Collector.",
}
