/** The URL, or what is wrong with it as the end of a sentence that begins with its name. Never quotes it: it may hold a key. */
export function readEndpoint(text: string): URL | string {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:') {
    return 'must be a whole URL that begins with http:// or https://'
  }
  if (url.username || url.password) {
    return 'must not hold a user name or password; send them as an authorization header'
  }
  return url
}
