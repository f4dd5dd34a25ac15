import { createHmac } from 'node:crypto'
import { createServer as createHttpServer, type IncomingHttpHeaders, type RequestListener } from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { gunzipSync } from 'node:zlib'
import { type PantherField, pantherSchema } from '@asana-audit/schema/dialects/panther'
import { onTestFinished } from 'vitest'
import type { Certificate } from '../../../core/test/support/certificates.ts'

export interface Post {
  readonly method: string
  readonly headers: IncomingHttpHeaders
  /** The body as it was sent, compressed or not. */
  readonly wire: Buffer
  /** The lines of the body. */
  readonly lines: readonly string[]
}

export interface Reply {
  readonly status: number
  readonly body?: string
  readonly headers?: Readonly<Record<string, string>>
}

/** How the source recognises its sender. The method `None` of Panther: leave it out. */
export type SourceAuth =
  | { readonly bearer: string }
  | { readonly header: string; readonly value: string }
  | {
      readonly header: string
      readonly key: string
      readonly algorithm: 'sha256' | 'sha512'
      readonly encoding: 'hex' | 'base64'
    }
  | { readonly username: string; readonly password: string }

export interface PantherSourceOptions {
  readonly auth?: SourceAuth | (() => SourceAuth)
  /** An answer in place of the usual one, after which nothing of the request is kept; `break` ends the connection. */
  readonly answer?: (post: Post, count: number) => Reply | 'break' | undefined
  readonly tls?: Certificate
}

export interface PantherSource {
  /** The whole address of the source. */
  readonly url: string
  readonly posts: Post[]
  /** Requests that are no POST. */
  readonly others: { readonly method: string; readonly headers: IncomingHttpHeaders }[]
  /** Events that the schema describes, in the order of their arrival. */
  readonly classified: Record<string, unknown>[]
  /** What became of the others: in Panther a classification failure, which the sender does not hear of. */
  readonly failures: { readonly line: string; readonly why: string }[]
}

const path = '/http/b2a5f1e0-6f0c-4c3e-9a55-2f1d1c9a7e10'
const mostSent = 500_000
const mostBytes = 1_000_000

/** An HTTP source of Panther on a free port, for one test: it does what Panther's pages say, and no more is known of it. */
export async function startPantherSource(options: PantherSourceOptions = {}): Promise<PantherSource> {
  const { auth, answer, tls } = options
  const posts: Post[] = []
  const others: PantherSource['others'] = []
  const classified: Record<string, unknown>[] = []
  const failures: PantherSource['failures'] = []
  const { fields } = pantherSchema()

  function classify(line: string): void {
    const event = parsed(line)
    const [why] = event === undefined ? ['no JSON object'] : misfits(fields, event)
    if (event === undefined || why !== undefined) failures.push({ line, why: why ?? '' })
    else classified.push(event)
  }

  function truth(post: Post): Reply {
    const expected = typeof auth === 'function' ? auth() : auth
    if (expected && !isAuthentic(expected, post)) return { status: 401, body: '{"message":"Unauthorized"}' }
    const headers = JSON.stringify(post.headers).length
    if (headers + post.wire.length > mostSent) return { status: 413, body: 'too many bytes' }
    if (headers + Buffer.byteLength(post.lines.join('\n')) > mostBytes) return { status: 413 }
    post.lines.forEach(classify)
    return { status: 200 }
  }

  const listener: RequestListener = (request, response) => {
    void request.toArray().then((chunks: Buffer[]) => {
      const { method = '', headers } = request
      const reply = ({ status, body, headers: more }: Reply): void => {
        response.writeHead(status, more).end(body)
      }
      if (request.url !== path) return reply({ status: 404, body: '{"message":"Not Found"}' })
      if (method !== 'POST') {
        others.push({ method, headers })
        const told = answer?.({ method, headers, wire: Buffer.alloc(0), lines: [] }, 0)
        if (told === 'break') return void response.destroy()
        return reply(told ?? { status: 404, body: '{"message":"Not Found"}' })
      }
      const wire = Buffer.concat(chunks)
      // Panther recognises gzip by its first bytes, not by a header.
      const plain = wire[0] === 0x1f && wire[1] === 0x8b ? gunzipSync(wire) : wire
      const post: Post = { method, headers, wire, lines: plain.toString().split('\n') }
      posts.push(post)
      const told = answer?.(post, posts.length)
      if (told === 'break') return void response.destroy()
      return reply(told ?? truth(post))
    })
  }
  const server = tls ? createHttpsServer(tls, listener) : createHttpServer(listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  const origin = tls ? `https://localhost:${port}` : `http://127.0.0.1:${port}`
  return { url: `${origin}${path}`, posts, others, classified, failures }
}

function isAuthentic(auth: SourceAuth, { headers, wire }: Post): boolean {
  if ('bearer' in auth) return headers.authorization === `Bearer ${auth.bearer}`
  if ('username' in auth) {
    const [scheme, credentials = ''] = headers.authorization?.split(' ') ?? []
    const said = Buffer.from(credentials, 'base64').toString()
    return scheme === 'Basic' && said === `${auth.username}:${auth.password}`
  }
  const given = headers[auth.header.toLowerCase()]
  if ('value' in auth) return given === auth.value
  return given === createHmac(auth.algorithm, auth.key).update(wire).digest(auth.encoding)
}

function parsed(line: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(line)
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined
  } catch {
    return undefined
  }
}

/** Why a value does not fit a field; a required one that is missing keeps Panther from taking the whole event. */
function misfits(fields: readonly PantherField[], value: Record<string, unknown>, at = ''): string[] {
  return fields.flatMap(({ name, type, required, fields: inner = [] }) => {
    const path = `${at}${name}`
    const found = value[name]
    if (found === undefined || found === null) return required ? [`${path} is missing`] : []
    if (type === 'object') {
      return typeof found === 'object'
        ? misfits(inner, found as typeof value, `${path}.`)
        : [`${path} is no object`]
    }
    return type === 'json' || typeof found === 'string' ? [] : [`${path} is no text`]
  })
}
