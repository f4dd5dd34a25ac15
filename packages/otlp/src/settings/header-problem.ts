/** Headers that the sink or the connection sets; another value would break the request. */
const reserved = new Set([
  'connection',
  'content-encoding',
  'content-length',
  'content-type',
  'expect',
  'grpc-accept-encoding',
  'grpc-encoding',
  'grpc-timeout',
  'host',
  'keep-alive',
  'te',
  'transfer-encoding',
  'upgrade',
])

/** Why a header cannot be sent, without quoting it; undefined when it can. RFC 9110 sections 5.1 and 5.5. */
export function headerProblem(name: string, value: string): string | undefined {
  if (!/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name)) {
    return 'the name of a header holds a character that HTTP does not allow'
  }
  if (!/^[\t\x20-\x7e\x80-\xff]*$/.test(value)) {
    return 'the value of a header holds a line break or another character that HTTP does not allow'
  }
  if (reserved.has(name.toLowerCase())) return `the header ${name.toLowerCase()} is set by the sink itself`
  return undefined
}
