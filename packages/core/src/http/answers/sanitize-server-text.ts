const maxLength = 200

/**
 * Makes a server's text safe to append to our own message: one printable line without the secrets, cut to 200 characters.
 * Empty for a web page.
 */
export function sanitizeServerText(text: string, secrets: readonly string[] = []): string {
  let clean = text
  for (const secret of secrets) {
    for (const written of spellings(secret)) clean = clean.replaceAll(written, '[redacted]')
  }
  clean = clean
    .toWellFormed()
    .replace(/[\p{C}\p{Z}\uFFFD]+/gu, ' ')
    .trim()
  if (/^<(!doctype|html|\?xml|head|body)/i.test(clean)) return ''
  return clean.length > maxLength ? `${clean.slice(0, maxLength - 1).toWellFormed()}…` : clean
}

/** The ways in which a server may repeat a text: as it is, in JSON of several libraries, in HTML and in a URL. The longest first. */
function spellings(secret: string): string[] {
  if (!secret) return []
  const json = JSON.stringify(secret).slice(1, -1)
  const ascii = json.replaceAll(
    /[^\x20-\x7e]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
  const html = secret
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
  const url = encodeURIComponent(secret.toWellFormed())
  const all = [secret, json, ascii, json.replaceAll('/', '\\/'), ascii.replaceAll('/', '\\/'), html, url]
  return [...new Set(all)].sort((one, other) => other.length - one.length)
}
