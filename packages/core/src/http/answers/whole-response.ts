import type { Dispatcher } from 'undici'
import type { HttpResponse } from './http-response.ts'

export interface WholeRequest {
  readonly dispatcher: Dispatcher
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  readonly url: URL
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array | null
  /** Most bytes of the answer before decompression; more rejects with `TooLarge` and ends the connection. */
  readonly maxBytes: number
  readonly signal: AbortSignal
  /** Called when there is a connection and the request goes out. */
  readonly onConnected?: () => void
}

export class TooLarge extends Error {}

/**
 * One exchange; the answer comes in one piece. Takes the chunks directly from undici's dispatcher: its streams are made for bodies that
 * are read while they arrive, and would add much to the cost of parsing a page. Rejects with `signal.reason` once aborted.
 */
export function wholeResponse(request: WholeRequest): Promise<HttpResponse> {
  const { dispatcher, method, url, headers, body, maxBytes, signal, onConnected } = request
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let bytes = 0
    let answer: Omit<HttpResponse, 'body'> = { status: 0, headers: {} }
    let underWay: Dispatcher.DispatchController | undefined
    function abort(): void {
      underWay?.abort(signal.reason)
      // A request that still waits for a connection cannot be aborted before it has one.
      reject(signal.reason)
    }
    const over = (): void => signal.removeEventListener('abort', abort)
    if (signal.aborted) {
      reject(signal.reason)
      return
    }
    signal.addEventListener('abort', abort)
    const options = { origin: url.origin, path: url.pathname + url.search, method, headers, body }
    dispatcher.dispatch(options, {
      onRequestStart(controller) {
        underWay = controller
        onConnected?.()
        if (signal.aborted) controller.abort(signal.reason)
      },
      onResponseStart(_, status, responseHeaders) {
        answer = { status, headers: flatten(responseHeaders) }
      },
      onResponseData(controller, chunk) {
        bytes += chunk.length
        if (bytes > maxBytes) controller.abort(new TooLarge())
        else chunks.push(chunk)
      },
      onResponseEnd(_, trailers) {
        over()
        const after = Object.keys(trailers).length > 0 && { trailers: flatten(trailers) }
        resolve({ ...answer, body: Buffer.concat(chunks, bytes), ...after })
      },
      onResponseError(_, error) {
        over()
        reject(error)
      },
    })
  })
}

function flatten(headers: Readonly<Record<string, string | string[] | undefined>>): Record<string, string> {
  const flat: Record<string, string> = {}
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) flat[name.toLowerCase()] = Array.isArray(value) ? value.join(', ') : value
  }
  return flat
}
