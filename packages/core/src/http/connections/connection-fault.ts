import { type Fault, fault, isFault } from '../../fault.ts'
import { TooLarge } from '../answers/whole-response.ts'
import { ProxyError } from '../proxy/proxy-error.ts'
import { proxyConnectionFault, proxyRefusal } from '../proxy/proxy-fault.ts'
import { NoHttp2 } from './http2-dispatcher.ts'
import { tlsSentence } from './tls-sentence.ts'

export interface FailedExchange {
  readonly url: URL
  readonly deadlineMs: number
  readonly maxBytes: number
  /** The address of the proxy on the way, without credentials, and the setting it is from; undefined: none. */
  readonly proxy: string | undefined
  /** Whether the deadline has passed. */
  readonly late: boolean
  /** Whether there was a connection. */
  readonly connected: boolean
}

const refusedConnection = new Set(['ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH'])
const lostConnection = new Set([
  'ECONNRESET',
  'EPIPE',
  'UND_ERR_SOCKET',
  'UND_ERR_INFO',
  'UND_ERR_RES_CONTENT_LENGTH_MISMATCH',
])

/**
 * Why an exchange has no complete answer, and at which hop. Names only origins and codes: the path may contain an offset or a key,
 * and messages of lower layers may quote headers.
 */
export function connectionFault(error: unknown, failed: FailedExchange): Fault {
  if (isFault(error)) return error
  const causes = causesOf(error)
  const code = causes.map(codeOf).findLast(Boolean) ?? ''
  const { url, proxy, late } = failed
  if (proxy !== undefined && !late) {
    const found = causes.find((cause) => cause instanceof ProxyError)
    if (found?.status !== undefined) return proxyRefusal(found.status, proxy, url.origin)
    if (found || code.startsWith('UND_ERR_SOCKS5'))
      return proxyConnectionFault(code, causes.at(-1), proxy, url.origin)
  }
  const [kind, name, message] = reason(code, causes, failed)
  return fault({ fault: kind, code: name, message, cause: code || undefined })
}

type Reason = readonly ['temporary' | 'fatal', code: string, message: string]

function reason(code: string, causes: readonly unknown[], failed: FailedExchange): Reason {
  const { url, maxBytes, proxy, late } = failed
  const where = proxy === undefined ? url.origin : `${url.origin} (through the proxy ${proxy})`
  if (late) return ['temporary', 'timeout', tooLate(where, failed)]
  if (code === 'UND_ERR_CONNECT_TIMEOUT')
    return ['temporary', 'timeout', `${where} accepted no connection within two minutes.`]
  if (causes.some((cause) => cause instanceof TooLarge)) {
    return ['temporary', 'response_too_large', `The answer of ${where} is larger than ${maxBytes} bytes.`]
  }
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') {
    return ['temporary', 'dns', `The name ${url.hostname} cannot be resolved (${code}). Check the address.`]
  }
  const untrusted = tlsSentence(code, causes.at(-1), url.origin)
  if (untrusted !== undefined) return ['fatal', 'tls', untrusted]
  if (refusedConnection.has(code)) {
    return [
      'temporary',
      'connection_refused',
      `Nothing accepts connections at ${where} (${code}). Is it running, and is the address right?`,
    ]
  }
  if (code === 'ERR_HTTP2_ERROR' || causes.some((cause) => cause instanceof NoHttp2))
    return ['temporary', 'no_http2', speaksNoHttp2(where)]
  const garbage = causes.find(isParserError)
  if (garbage && isTlsAlert(garbage)) return ['fatal', 'tls', speaksTls(url)]
  if (garbage && isHttp2(garbage)) {
    const message = `What answers at ${where} speaks only HTTP/2 on that port, as gRPC does. Give its port for HTTP, for OTLP usually 4318, or choose the protocol grpc.`
    return ['temporary', 'network', message]
  }
  if (garbage)
    return ['temporary', 'network', `What answers at ${where} does not speak HTTP. Check the port.`]
  if (causes.some(isContinue)) {
    const message = `${where} answered 100 Continue, which it was not asked for and which our HTTP client cannot read. It may have taken the request, and each try sends it again. Turn this answer off at the server, or at a proxy before it.`
    return ['temporary', 'connection_lost', message]
  }
  if (lostConnection.has(code) || code.startsWith('ERR_HTTP2_')) {
    const unanswered = url.protocol === 'http:' && causes.some(isUnanswered)
    const hint = unanswered ? ' If that port is for TLS, write https://.' : ''
    const message = `The connection to ${where} broke before the answer was complete (${resetCode(causes) ?? code}).${hint}`
    return ['temporary', 'connection_lost', message]
  }
  return ['temporary', 'network', `The exchange with ${where} failed (${code || 'no code'}).`]
}

/** What hangs, and what to check. */
function tooLate(where: string, { url, deadlineMs, connected }: FailedExchange): string {
  if (connected)
    return `${where} accepted the connection but gave no whole answer within ${deadlineMs} ms. If it lasts, check whether the server is overloaded, and whether a load balancer or proxy before it still reaches it.`
  const handshake = url.protocol === 'https:' ? ', and whether a server with TLS listens there' : ''
  return `No connection to ${where} was made within ${deadlineMs} ms. Check the address and the port, whether a firewall on the way drops connections${handshake}.`
}

/** For a port that knows HTTP/1 only, of a receiver or of a proxy before it. */
function speaksNoHttp2(where: string): string {
  return `What answers at ${where} speaks no HTTP/2, which gRPC needs. Give its port for gRPC, for OTLP usually 4317 (4318 is for HTTP), or choose the protocol http/protobuf. A proxy before it must take HTTP/2 too.`
}

/** Why the server ended one stream of HTTP/2, in the words of RFC 9113, section 7. */
function resetCode(causes: readonly unknown[]): string | undefined {
  const words = causes.map(
    (cause) => /NGHTTP2_([A-Z_]+)/.exec(String((cause as { message?: unknown }).message))?.[1],
  )
  return words.find(Boolean)
}

/** For a request without TLS to a TLS port. */
export function speaksTls({ origin }: URL): string {
  return `What listens at ${origin} speaks TLS on that port. Write https:// instead of http://.`
}

/** The error and its causes: a happy-eyeballs failure is an AggregateError, and a proxy's error contains its cause. */
function causesOf(error: unknown): unknown[] {
  const causes: unknown[] = []
  for (let one = error; one && causes.length < 6; ) {
    causes.push(one)
    const { cause, errors } = one as { cause?: unknown; errors?: unknown }
    one = Array.isArray(errors) ? errors[0] : cause
  }
  return causes
}

function codeOf(error: unknown): string {
  const { code } = error as { code?: unknown }
  return typeof code === 'string' ? code : ''
}

interface ParserError {
  /** The bytes that could not be parsed. */
  readonly data?: unknown
}

function isParserError(error: unknown): error is ParserError {
  return (error as { name?: unknown }).name === 'HTTPParserError'
}

/** A TLS 1.x record with an alert. */
function isTlsAlert({ data }: ParserError): boolean {
  return String(data).startsWith('\x15\x03')
}

/** The SETTINGS frame that an HTTP/2 server sends first (RFC 9113, section 6.5). */
function isHttp2({ data }: ParserError): boolean {
  const text = String(data)
  return text.startsWith('\0\0') && text.startsWith('\x04\0\0\0\0\0', 3)
}

/** undici ends the connection, in these words. RFC 9110 allows the answer (section 15.2). */
function isContinue(error: unknown): boolean {
  const { code, message } = error as { code?: unknown; message?: unknown }
  return code === 'UND_ERR_SOCKET' && message === 'bad response'
}

function isUnanswered(error: unknown): boolean {
  return (error as { socket?: { bytesRead?: unknown } | null }).socket?.bytesRead === 0
}
