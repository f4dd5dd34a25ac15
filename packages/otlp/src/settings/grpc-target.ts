import { isIPv6 } from 'node:net'
import { readGrpcEndpoint } from './endpoint.ts'

/** Names of one host and port, https://github.com/grpc/grpc/blob/master/doc/naming.md, and gRPC's own for Go. */
const ofOneHost = /^(?:dns|ipv4|ipv6|passthrough):(?:\/\/(?<server>[^/]*)\/)?(?<target>.*)$/is
const ofSomethingElse = /^(?:unix|unix-abstract|vsock|xds):(?!\d+$)/i
const url = /^[a-z][a-z\d+.-]*:\/\//i

/**
 * The URL of an endpoint as clients of gRPC take it: `http://` or `https://`, `host:port`, or a name such as `dns:///host:port`. Only the
 * first two say whether it has TLS; the others have it unless `isInsecure`. Or its problem, as `readEndpoint`.
 */
export function readGrpcTarget(text: string, isInsecure: boolean): URL | string {
  if (ofSomethingElse.test(text))
    return 'must be a host and a port: other addresses of gRPC are not supported'
  const { server = '', target = text } = /^dns:\d+$/i.test(text) ? {} : (ofOneHost.exec(text)?.groups ?? {})
  if (server !== '') return 'must not name a DNS server, since this machine looks up the host'
  if (target.includes(',')) return 'must name one host'
  if (isIPv6(target)) return 'must have an IPv6 address in brackets, as [::1]:4317 has it'
  return readGrpcEndpoint(url.test(target) ? target : `${isInsecure ? 'http' : 'https'}://${target}`)
}
