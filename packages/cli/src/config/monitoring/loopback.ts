/** Whether a name or an address of a URL (an IPv6 address in brackets or without) always means this machine. */
export function isLoopback(host: string): boolean {
  return /^(localhost|127(\.\d{1,3}){3}|\[?::1\]?)$/i.test(host)
}
