import { inClear } from '@asana-audit/core/sink-kit'

/** An address of the form that Panther's page of an HTTP source shows. */
export const goodAddress = 'https://logs.acme.runpanther.net/http/b2a5f1e0-6f0c-4c3e-9a55-2f1d1c9a7e10'

/**
 * The URL that events are posted to, or the problem of the address as the end of a sentence that begins with its name. Never quotes
 * the address, which somebody may have mistaken for the place of a secret. `allowing`: the setting that allows plain HTTP.
 */
export function readEndpoint(
  text: string,
  allowPlainHttp: boolean,
  allowing = 'allowPlainHttp',
): URL | string {
  const url = URL.canParse(text) ? new URL(text) : undefined
  const good = `A good value is ${goodAddress}.`
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:') {
    return `must be a whole URL that begins with https://. ${good}`
  }
  if (url.username || url.password) {
    return `must not hold a user name or password; they have their own settings. ${good}`
  }
  if (/[?#]/.test(text)) return `must not hold a query or a fragment. ${good}`
  if (url.pathname === '/') {
    return `has no path. Copy the whole address from the page of the HTTP source in Panther. ${good}`
  }
  if (inClear(url) && !allowPlainHttp) {
    return `begins with http://, which would send secret and events unencrypted. Use https://, or set ${allowing} to true.`
  }
  return url
}
