import { logsFromJson, logsFromProtobuf } from '../otlp/otlp-reader.ts'
import { type Answers, breakOff, type Reception } from './answers.ts'

type WriteFault = 'busy' | 429 | 500 | 503 | 'html' | 'reset' | 'lost' | 'cut short' | 'part taken'

const writeFaults: readonly [WriteFault, ...WriteFault[]] = [
  'busy',
  429,
  500,
  503,
  'html',
  'reset',
  'lost',
  'cut short',
  'part taken',
]

/** A receiver of OTLP over HTTP. */
export function otlpAnswers(reception: Reception): Answers {
  const { draw, mostRecords } = reception.plan
  return ({ headers, body }, response) => {
    const isJson = headers['content-type'] === 'application/json'
    const ids = (isJson ? logsFromJson : logsFromProtobuf)(body).map(({ attributes }) =>
      String(attributes.get('log.record.uid')),
    )
    const say = (status: number, text: string | Buffer, more: Record<string, string> = {}): void => {
      if (status >= 400) reception.saw(String(status))
      response.writeHead(status, { 'content-type': headers['content-type'], ...more }).end(text)
    }
    const answers: Record<WriteFault | 'none', () => void> = {
      none() {
        reception.take(ids)
        say(200, isJson ? '{}' : '')
      },
      busy: () => say(503, '', { 'retry-after': '2' }),
      429: () => say(429, ''),
      500: () => say(500, ''),
      503: () => say(503, ''),
      html: () => say(200, '<html><h1>Sign in</h1></html>', { 'content-type': 'text/html' }),
      reset: () => response.socket?.resetAndDestroy(),
      lost() {
        reception.takeUnheard(ids)
        response.socket?.resetAndDestroy()
      },
      'cut short'() {
        reception.takeUnheard(ids)
        breakOff(response)
      },
      'part taken'() {
        const taken = ids.filter((id) => draw('taken', id) < 0.5)
        const refused = ids.length - taken.length
        if (refused > 0) reception.doubt(ids)
        reception.take(taken)
        // partial_success { rejected_log_records }: each is field 1 of its message.
        const partial = Buffer.from([0x0a, 0x02, 0x08, refused])
        say(200, isJson ? `{"partialSuccess":{"rejectedLogRecords":"${refused}"}}` : partial)
      },
    }
    if (ids.length > mostRecords) say(413, '')
    else if (ids.some(reception.isRefused)) say(400, '')
    else answers[reception.strike('write', ids, writeFaults) ?? 'none']()
  }
}
