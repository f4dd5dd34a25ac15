import { type Fault, fault, type HttpResponse } from '@asana-audit/core'
import { answeredBy, redirectTarget, sanitizeServerText, withRetryAfter } from '@asana-audit/core/sink-kit'
import { endsTwice, pathTwice, shown } from '../settings/endpoint.ts'
import { type ExportResponse, readExportResponse } from './export-response.ts'
import { serverMessage } from './server-message.ts'
import { statusFault } from './status-fault.ts'

export interface Asked {
  readonly url: URL
  /** Parts of the request that no message may repeat. */
  readonly secrets: readonly string[]
  /** How many records it has. Undefined: unknown, or none. */
  readonly records?: number | undefined
  /** Milliseconds since 1970, for a Retry-After that names a date. */
  readonly now: number
}

/**
 * What an answer means for the records of its request: a fault, or accepted, perhaps with a message of the receiver.
 */
export function judgeAnswer(response: HttpResponse, asked: Asked): Fault | { readonly remark: string } {
  const { status } = response
  const where = answeredBy(shown(asked.url), response)
  if (status < 200 || status > 299)
    return refusal(response, asked, where, (step, code) =>
      code === 'not_found' && endsTwice(asked.url) ? pathTwice : step,
    )
  const answer = readExportResponse(response)
  if (!answer) {
    const message = `The answer ${status} from ${where} is not the whole answer of an OTLP receiver, so nothing counts as delivered. Check the URL, and whether a proxy or a login page is in between.`
    return fault({ fault: 'temporary', code: 'not_a_receiver', message })
  }
  return judgeExport(answer, shown(asked.url), asked)
}

/** What a whole answer of the receiver at `where` means. */
export function judgeExport(
  answer: ExportResponse,
  where: string,
  { secrets, records }: Asked,
): Fault | { readonly remark: string } {
  const remark = sanitizeServerText(answer.message, secrets)
  if (answer.rejectedRecords <= 0) return { remark }
  const { rejectedRecords: refused } = answer
  // None was taken, so they may be sent again in parts.
  if (refused === records) {
    const all = records === 1 ? 'the only record' : `all ${records} records`
    const message = withRemark(`${where} refused ${all} of a request. ${ageLimit}`, remark)
    return fault({ fault: 'rejected', code: 'partial_success', at: 'none-taken', message })
  }
  const what =
    records !== undefined && refused > records
      ? `says that it refused ${inWords(refused)} of a request that has ${records}, so nobody knows which it took`
      : `refused ${inWords(refused)} of a request without naming them, and took the rest`
  const message = withRemark(`${where} ${what}. ${ageLimit} ${resendAdvice}`, remark)
  return fault({ fault: 'rejected', code: 'partial_success', at: 'some-taken', message })
}

function inWords(records: number): string {
  return records === 1 ? '1 record' : `${records} records`
}

/** A store with an age limit reports it in its own words, or not at all. */
const ageLimit = 'The refused records may be older than the store accepts: raise its age limit.'
const resendAdvice = 'If the store drops repeats by log.record.uid, you can also choose on-uncertain resend.'

/** The fault of a status of HTTP. `stepOf` may replace its next step. */
export function refusal(
  response: HttpResponse,
  { url, secrets, now }: Asked,
  where: string,
  stepOf: (step: string, code: string) => string,
): Fault {
  const { status, headers, body } = response
  const { shape, nextStep } = statusFault(status)
  const target = redirectTarget(response, url)
  const step = stepOf(nextStep, shape.code)
  const leads = target && ` It leads to ${sanitizeServerText(target, secrets)}.`
  const message = `${where} answered ${status}.${step && ` ${step}`}${leads ?? ''}`
  return fault({
    ...withRetryAfter(shape, headers['retry-after'], now),
    message: withRemark(message, serverMessage(body, secrets)),
  })
}

export function withRemark(message: string, remark: string): string {
  return remark ? `${message} It says: "${remark}".` : message
}
