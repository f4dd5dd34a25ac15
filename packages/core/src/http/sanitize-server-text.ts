const maxLength = 200

/**
 * Makes a server's text safe to append to our own message: one printable line without the secrets, cut to 200 characters.
 * Empty for a web page.
 */
export function sanitizeServerText(text: string, secrets: readonly string[] = []): string {
  let clean = text
  for (const secret of secrets) if (secret) clean = clean.replaceAll(secret, '[redacted]')
  clean = clean
    .toWellFormed()
    .replace(/[\p{C}\p{Z}\uFFFD]+/gu, ' ')
    .trim()
  if (/^<(!doctype|html|\?xml|head|body)/i.test(clean)) return ''
  return clean.length > maxLength ? `${clean.slice(0, maxLength - 1).toWellFormed()}…` : clean
}
