import { inClear } from '@asana-audit/core/sink-kit'

const eventPath = '/services/collector/event'
const good = 'A good value is https://splunk.example.com:8088'

/**
 * The URL that events are posted to, or the problem of the address as the end of a sentence that begins with its
 * name. Accepts the base address, alone or with the path of the collector or of its event endpoint, also after a
 * gateway's path. Never quotes the address: it may hold a token. `allowing`: the setting that allows plain HTTP.
 */
export function readEndpoint(
  text: string,
  allowPlainHttp: boolean,
  allowing = 'allowPlainHttp',
): URL | string {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:') {
    return `must be a whole URL that begins with https://. ${good}.`
  }
  if (url.username || url.password) {
    return `must not hold a user name or password; the token has its own setting. ${good}.`
  }
  if (/[?#]/.test(text)) return `must not hold a query or a fragment. ${good}.`
  if (inClear(url) && !allowPlainHttp) {
    return `begins with http://, which would send the token unencrypted. Use https://, or set ${allowing} to true.`
  }
  const path = url.pathname.replace(/\/+$/, '')
  const [, prefix, rest] = /^(.*)\/services\/collector(?:\/(.*))?$/.exec(path) ?? []
  if (path !== '' && prefix === undefined) {
    return `has a path that is not the collector's. It must be empty or end in ${eventPath}. ${good}.`
  }
  if (rest !== undefined && rest !== 'event' && rest !== 'event/1.0') {
    return `leads to another endpoint, not to the one for events. It must end in ${eventPath}, or have no path. ${good}.`
  }
  url.pathname = `${prefix ?? ''}${eventPath}`
  return url
}

/** Another endpoint of the same collector. */
export function siblingEndpoint(endpoint: URL, name: 'health' | 'ack'): URL {
  const url = new URL(endpoint)
  url.pathname = url.pathname.replace(/event$/, name)
  return url
}
