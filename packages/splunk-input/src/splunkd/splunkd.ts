import { type Fault, fault, httpClient, isFault } from '@asana-audit/core'
import { sanitizeServerText } from '@asana-audit/core/sink-kit'
import type { InputDefinition } from '../protocol/input-definition.ts'
import { isThisMachine } from './this-machine.ts'

/** The REST API of the splunkd that started us. */
export interface Splunkd {
  /**
   * The answer to a GET. Undefined if there is nothing at the path (404). Rejects with `session_expired`, `splunkd_refused` (fatal),
   * `splunkd_unavailable` (temporary), or the reason of the signal it was opened with.
   */
  get(path: string): Promise<unknown>
  close(): Promise<void>
}

/** A page waits for its validation, which asks a few times. */
const deadlineMs = 10_000
const maxBytes = 16 * 2 ** 20

/**
 * splunkd has a certificate of its own, without the name of the machine, so nobody can check it. It is accepted where only this machine
 * can answer; elsewhere Node's list of authorities must know it, or the session key would go to anybody. The signal ends what is under way:
 * a splunkd that is stopping may not answer any more.
 */
export function openSplunkd(
  { serverUri, sessionKey }: Pick<InputDefinition, 'serverUri' | 'sessionKey'>,
  signal?: AbortSignal,
): Splunkd {
  const http = httpClient({ insecure: isThisMachine(serverUri.hostname) })
  const headers = { authorization: `Splunk ${sessionKey}` }
  return {
    async get(path) {
      // Lists come in pages of 30 without `count`.
      const url = new URL(`${path}?output_mode=json&count=-1`, serverUri)
      const request = { method: 'GET', url, headers, deadlineMs, maxBytes, signal } as const
      const { status, body } = await http.exchange(request).catch((error: unknown) => {
        throw isFault(error) ? unanswered(error) : error
      })
      if (status === 404) return undefined
      if (status !== 200) throw refusal(status, path, sanitizeServerText(wordsIn(body), [sessionKey]))
      return jsonOf(body, path)
    },
    close: () => http.close(),
  }
}

function jsonOf(body: Uint8Array, path: string): unknown {
  try {
    return JSON.parse(Buffer.from(body).toString('utf8')) as unknown
  } catch {
    const message = `splunkd answered ${path} with something that is not JSON.`
    throw fault({ fault: 'temporary', code: 'splunkd_unavailable', message })
  }
}

/** Why there is no answer, as a fault of splunkd: the sentence may be all that a person reads. */
function unanswered(error: Fault): Fault {
  const message = `splunkd cannot be asked. ${error.message} Is it starting, or stopping? It is asked again; on a page, save once more.`
  return fault({ fault: 'temporary', code: 'splunkd_unavailable', message, cause: error })
}

/** What splunkd says itself, for example that its password store is not ready. Empty if it says nothing in its usual form. */
function wordsIn(body: Uint8Array): string {
  try {
    const { messages } = Object(JSON.parse(Buffer.from(body).toString('utf8'))) as { messages?: unknown }
    const texts = Array.isArray(messages) ? messages.map((one: unknown) => Object(one).text as unknown) : []
    return texts.filter((text) => typeof text === 'string').join(' ')
  } catch {
    return ''
  }
}

function refusal(status: number, path: string, said: string): Fault {
  if (status === 401) {
    const message = 'splunkd does not accept the session key that it gave to this input.'
    return fault({ fault: 'fatal', code: 'session_expired', message })
  }
  if (status === 403) {
    const right = path.endsWith('/storage/passwords') ? 'list_storage_passwords' : 'to read this'
    const message = `splunkd refuses ${path} (403). The user that owns the input needs the capability ${right}.`
    return fault({ fault: 'fatal', code: 'splunkd_refused', message })
  }
  const words = said && ` It says: "${said}".`
  const message = `splunkd answered ${path} with ${status}.${words} Is it starting, or is its password store locked? It is asked again; on a page, save once more.`
  return fault({ fault: 'temporary', code: 'splunkd_unavailable', message })
}
