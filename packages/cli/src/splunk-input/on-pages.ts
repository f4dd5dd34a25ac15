const again =
  'On the page of the input, enter a time at "Read again from", for example 7d or 2026-01-31, and not the value that is there already. Events after that time come again, with the same gid.'

/** Faults whose own sentence names a command or a variable, in words of Splunk's pages. */
const instead: Readonly<Record<string, string>> = {
  filters_changed: `The filters of this input are not those its position was made with, so it reads nothing. ${again} Or enter the old filters.`,
  position_in_future: `The stored position begins in the future: no event that happens before that time is delivered. ${again}`,
}

const proxyPlace =
  'In this app the proxy is on the page Configuration, and variables of the environment are not used. After a change there, disable the input and enable it again.'

const added: Readonly<Record<string, string>> = {
  proxy_unreachable: proxyPlace,
  proxy_auth: proxyPlace,
  proxy_refused: proxyPlace,
}

interface Said {
  readonly code?: string | undefined
  readonly message: string
}

/** What a fault says to an administrator of Splunk. */
export function onPages({ code, message }: Said): string {
  if (code === undefined) return message
  const more = added[code]
  return instead[code] ?? (more === undefined ? message : `${message} ${more}`)
}
