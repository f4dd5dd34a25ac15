/** Whether data sent there crosses a network unencrypted. */
export function inClear({ protocol, hostname }: URL): boolean {
  return protocol === 'http:' && !isLoopback(hostname)
}

/** `hostname` as `URL` writes it: an IPv4 address is already in its usual form. */
function isLoopback(hostname: string): boolean {
  return /^(localhost|.+\.localhost|127\.\d+\.\d+\.\d+|\[::1\])\.?$/.test(hostname)
}
