/** What an e-mail address, or a link with one in it, is written without; or an address that begins with a name in quotes. */
const token = /"[^"\\]*"@[^\s<>()[\],;:"\\]+|[^\s<>()[\],;:"\\]+/gu

/** In a link the parts stand for themselves. */
const partOfLink = /[^/?&=#]+/gu

const at = /@|%40/i

/**
 * A text with every e-mail address in it replaced. Where it cannot be told where an address begins or ends,
 * too much is replaced rather than too little.
 */
export function replaceAddresses(text: string, replacement: (address: string) => string): string {
  if (!at.test(text)) return text
  return text.replaceAll(token, (one) =>
    one.startsWith('//') && at.test(one)
      ? one.replaceAll(partOfLink, (part) => inToken(part, replacement))
      : inToken(one, replacement),
  )
}

function inToken(text: string, replacement: (address: string) => string): string {
  if (!at.test(text)) return text
  const head = /^['`*]+/.exec(text)?.[0] ?? ''
  const rest = text.slice(head.length)
  const address = withoutEnd(rest)
  // `@ada` and `12 @ 7` are no addresses.
  const separator = at.exec(address)
  const isAddress = separator !== null && separator.index > 0 && !/(?:@|%40)$/i.test(address)
  return isAddress ? head + replacement(address.replaceAll(/%40/gi, '@')) + rest.slice(address.length) : text
}

/** Without the marks that end a sentence. By a loop: a pattern anchored at the end would look from every place. */
function withoutEnd(text: string): string {
  let end = text.length
  while (end > 0 && ".!?'`*".includes(text.charAt(end - 1))) end -= 1
  return text.slice(0, end)
}
