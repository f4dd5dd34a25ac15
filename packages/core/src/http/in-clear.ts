/** Whether what is sent there crosses a network as it is, for anybody on it to read. */
export function inClear({ protocol, hostname }: URL): boolean {
  return protocol === 'http:' && !isLoopback(hostname)
}

/** As `URL` writes it, which has already put an IPv4 address into its usual form. */
function isLoopback(hostname: string): boolean {
  return /^(localhost|.+\.localhost|127\.\d+\.\d+\.\d+|\[::1\])\.?$/.test(hostname)
}
