import type { IncomingMessage, ServerResponse } from 'node:http'
import { gzipSync } from 'node:zlib'
import type { Answer } from './answer.ts'

/**
 * Writes `answer`, compressed if the caller accepts gzip. `cut` sends half of the body and destroys the connection.
 */
export function send(
  request: IncomingMessage,
  response: ServerResponse,
  answer: Answer,
  { now, cut }: { now: number; cut: boolean },
): void {
  const isPage = typeof answer.body === 'string'
  const text = isPage ? String(answer.body) : JSON.stringify(answer.body)
  const compress = /\bgzip\b/.test(request.headers['accept-encoding'] ?? '')
  const body = compress ? gzipSync(text, { level: 1 }) : Buffer.from(text)

  response.statusCode = answer.status
  response.setHeader('Date', new Date(now).toUTCString())
  response.setHeader('Content-Type', isPage ? 'text/html; charset=UTF-8' : 'application/json; charset=UTF-8')
  response.setHeader('Content-Length', body.length)
  response.setHeader('Vary', 'Accept-Encoding')
  if (compress) response.setHeader('Content-Encoding', 'gzip')
  if (answer.retryAfter !== undefined) response.setHeader('Retry-After', answer.retryAfter)

  if (cut) response.write(body.subarray(0, body.length >>> 1), () => request.socket.destroy())
  else response.end(body)
}
