import type { Sink } from '@asana-audit/core'

export interface IngestSinkOptions {
  /** Where events are posted to, as a JSON list. */
  readonly url: string
  /** Sent as a bearer token. Called before each request, so that it may change. */
  readonly token: () => string
}

/** One attempt a write. It needs nothing of `@asana-audit/core` at run time: a fault is an Error with some properties. */
export function ingestSink<Event>({ url, token }: IngestSinkOptions): Sink<Event> {
  return {
    prefers: { records: 500, inFlight: 1 },
    async write(events, signal) {
      const headers = { 'content-type': 'application/json', authorization: `Bearer ${checked(token())}` }
      const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(events), signal })
      await response.arrayBuffer()
      // Your API must answer this only once everything is stored.
      if (response.status === 202) return
      throw faultOf(response.status)
    },
  }
}

/** `fetch` would quote a token that no header can carry in its error, and so in a log. */
function checked(token: string): string {
  if (/^[\x21-\x7e]+$/.test(token)) return token
  const error = new Error('The token of the ingest API is empty, or has a space or a line break.')
  throw Object.assign(error, { fault: 'fatal', code: 'ingest_token' })
}

/** What each answer means. The README of `@asana-audit/core` has all that a fault can say. */
function faultOf(status: number): Error {
  const error = new Error(`The ingest API answered ${status}.`)
  const code = `ingest_${status}`
  // At least one event cannot be stored, and none was: it is found by halving, and quarantined.
  if (status === 422) return Object.assign(error, { fault: 'rejected', at: 'none-taken', code })
  // A person must act: delivery pauses.
  if (status === 401 || status === 403) return Object.assign(error, { fault: 'fatal', code })
  return Object.assign(error, { fault: 'temporary', code })
}
