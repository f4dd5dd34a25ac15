import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { certificate } from '../../../packages/core/test/support/certificates.ts'
import { listen } from '../servers/listen.ts'

const app = 'TA-asana-audit-input'
const separator = '``splunk_cred_sep``'
const pieceLength = 255

/** What the pages of the add-on and the administrator have set. Change it while splunkd runs. */
export interface SplunkSettings {
  /** Asana tokens by account. */
  readonly accounts: Map<string, string>
  /** Whether each index is disabled. */
  readonly indexes: Map<string, { disabled: boolean }>
  /** Inputs by name, with their parameters: for the page Inputs. */
  readonly inputs: Map<string, Readonly<Record<string, string>>>
  proxy: Readonly<Record<string, string>> | undefined
  proxyPassword: string | undefined
  /** Stanzas of outputs.conf beside those that every Splunk has: with `tcpout:indexers` it is a forwarder. */
  readonly outputs: Set<string>
  /** `locked`: the store says that it is not ready. `silent`: it never answers. `undecryptable`: splunk.secret has changed. */
  store: 'open' | 'locked' | 'silent' | 'undecryptable'
}

export interface RestApi {
  readonly origin: string
  readonly settings: SplunkSettings
  newSession(): string
  /** Ends all sessions so far. */
  expireSessions(): void
  readonly requests: readonly string[]
}

/** The part of splunkd's REST API that the add-on uses, over TLS with a certificate that names no host, as splunkd's own. */
export async function startRestApi(): Promise<RestApi> {
  const sessions = new Set<string>()
  const requests: string[] = []
  const settings: SplunkSettings = {
    accounts: new Map(),
    indexes: new Map([['main', { disabled: false }]]),
    inputs: new Map(),
    proxy: undefined,
    proxyPassword: undefined,
    outputs: new Set(),
    store: 'open',
  }

  function answer(request: IncomingMessage, response: ServerResponse): void {
    const url = new URL(request.url ?? '/', 'https://localhost')
    requests.push(url.pathname)
    const session = /^Splunk (.+)$/.exec(request.headers.authorization ?? '')?.[1]
    if (settings.store === 'silent' && url.pathname.endsWith('/storage/passwords')) return
    const isKnown = session !== undefined && sessions.has(session)
    const [status, body] = isKnown ? replyTo(url, settings) : unauthenticated
    response.writeHead(status, { 'content-type': 'application/json; charset=UTF-8' })
    response.end(JSON.stringify(body))
  }

  const tls = await certificate({ name: 'SplunkServerDefaultCert' })
  const origin = (await listen(answer, tls)).replace('localhost', '127.0.0.1')
  return {
    origin,
    settings,
    newSession() {
      const key = `session-${randomUUID()}`
      sessions.add(key)
      return key
    },
    expireSessions: () => sessions.clear(),
    requests,
  }
}

type Reply = readonly [status: number, body: object]

const message = (status: number, text: string): Reply => [status, { messages: [{ type: 'ERROR', text }] }]
const unauthenticated = message(401, 'call not properly authenticated')

function replyTo(url: URL, settings: SplunkSettings): Reply {
  const found = url.searchParams.get('output_mode') === 'json' ? entriesAt(url.pathname, settings) : undefined
  if (found === 'unavailable') return message(503, 'The password storage is not ready.')
  if (!found) return message(404, 'Not Found')
  // Without `count`, a list has a page of 30.
  const count = Number(url.searchParams.get('count') ?? 30)
  return [200, { entry: count === -1 ? found : found.slice(0, count) }]
}

interface RestEntry {
  readonly name: string
  readonly content: Readonly<Record<string, unknown>>
}

function entriesAt(path: string, settings: SplunkSettings): readonly RestEntry[] | 'unavailable' | undefined {
  const { accounts, indexes, inputs, outputs, proxy, proxyPassword, store } = settings
  switch (path) {
    case `/servicesNS/nobody/${app}/storage/passwords`: {
      if (store === 'locked') return 'unavailable'
      const secrets = [
        ...[...accounts].map(([name, token]) => ['account', name, { token }] as const),
        ...(proxyPassword === undefined
          ? []
          : [['settings', 'proxy', { proxy_password: proxyPassword }] as const]),
      ]
      const stored = secrets.flatMap(([file, name, fields]) => passwordEntries(file, name, fields))
      // Entries of other apps come first, more than one page of them.
      const foreign = Array.from({ length: 40 }, (_, number) => entryFor('other', `user-${number}`, 'x'))
      const all = [...foreign, ...stored]
      if (store === 'open') return all
      return all.map(({ name, content: { clear_password: _, ...content } }) => ({ name, content }))
    }
    case `/servicesNS/nobody/${app}/configs/conf-ta_asana_audit_input_settings/proxy`:
      return proxy && [{ name: 'proxy', content: proxy }]
    case '/servicesNS/-/-/configs/conf-outputs':
      return ['tcpout', 'syslog', 'rfs', ...outputs].map((name) => ({ name, content: { disabled: false } }))
    case '/services/data/indexes':
      return [...indexes].map(([name, content]) => ({ name, content }))
    case `/servicesNS/nobody/${app}/data/inputs/asana_audit`:
      return [...inputs].map(([name, content]) => ({ name, content }))
    default:
      return undefined
  }
}

/** As solnlib writes them: pieces of JSON, then a mark. The order is that of a list of splunkd: by name. */
function passwordEntries(file: string, stanza: string, fields: object): RestEntry[] {
  const json = JSON.stringify(fields)
  const pieces = json.match(new RegExp(`.{1,${pieceLength}}`, 'gs')) ?? []
  const mark = ['', 'S', 'P', 'L', 'U', 'N', 'K', ''].join(separator)
  const realm = `__REST_CREDENTIAL__#${app}#configs/conf-ta_asana_audit_input_${file}`
  return [...pieces, mark]
    .map((text, index) => entryFor(realm, `${stanza}${separator}${index + 1}`, text))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
}

function entryFor(realm: string, username: string, text: string): RestEntry {
  return {
    name: `${realm}:${username}:`,
    content: { realm, username, clear_password: text, encr_password: '$7$…', password: '********' },
  }
}
