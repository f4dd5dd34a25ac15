import { type Fault, fault, type HttpResponse } from '@asana-audit/core'
import { sanitizeServerText } from '@asana-audit/core/sink-kit'
import { messageIn } from '../encoding/grpc-message.ts'
import { exportResponseIn } from './export-response.ts'
import { grpcStatusOf } from './grpc-status.ts'
import { codeName, grpcStatusFault } from './grpc-status-fault.ts'
import { type Asked, judgeExport, refusal, withRemark } from './judge-answer.ts'
import { credentialSteps, passingSteps, rateLimitedStep, tooLargeStep } from './status-fault.ts'

/** What an answer over gRPC means for the records of its request. */
export function judgeGrpcAnswer(response: HttpResponse, asked: Asked): Fault | { readonly remark: string } {
  const { origin } = asked.url
  const status = grpcStatusOf(response)
  if (!status) return response.status === 200 ? brokenOff(origin) : ofHttp(response, asked)
  if (status.code !== 0) {
    const shape = grpcStatusFault(status)
    const step = nextSteps[shape.code]
    const message = `${origin} answered ${codeName(status.code)}.${step === undefined ? '' : ` ${step}`}`
    return fault({
      ...shape,
      message: withRemark(message, sanitizeServerText(status.message, asked.secrets)),
    })
  }
  const message = messageIn(response.body, response.headers['grpc-encoding'])
  const answer = message && exportResponseIn(message)
  return answer ? judgeExport(answer, origin, asked) : brokenOff(origin)
}

function brokenOff(where: string): Fault {
  const message = `The answer from ${where} is not the whole answer of an OTLP receiver, so nothing counts as delivered. Check the address, and whether a proxy in between drops the trailers of gRPC, as one does that speaks HTTP/1 to the receiver.`
  return fault({ fault: 'temporary', code: 'not_a_receiver', message })
}

/** Something answered that does not know gRPC. */
function ofHttp(response: HttpResponse, asked: Asked): Fault {
  const step =
    'That is an answer of HTTP, not of gRPC: check the port, for OTLP usually 4317, and that a proxy in between passes gRPC on.'
  return refusal(response, asked, asked.url.origin, (ofStatus, code) =>
    code === 'unauthorized' || code === 'forbidden' ? ofStatus : step,
  )
}

const nextSteps: Readonly<Record<string, string>> = {
  bad_data: 'It cannot read a part of this request.',
  ...credentialSteps,
  ...passingSteps,
  not_found: 'It does not take this signal over OTLP; check the port, usually 4317.',
  too_large: tooLargeStep,
  rate_limited: rateLimitedStep,
  unsupported_media_type: 'It does not know this compression; set compression to gzip or none.',
  unexpected_status: 'Check that the address is that of an OTLP receiver, and what its log says.',
}
