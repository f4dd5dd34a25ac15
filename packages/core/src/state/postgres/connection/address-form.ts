/** Whether a state is in PostgreSQL, by what its setting says. */
export function isPostgresAddress(text: string): boolean {
  return /^postgres(ql)?:\/\//i.test(text)
}

/**
 * Whether a text is meant as an address of any kind, however wrongly it is written, and not as the path of a file. Such a text may hold a
 * password: `postgre://…`, `mysql://…`, `postgres:user:password@host`, `host=… password=…`.
 */
export function isMeantAsAddress(text: string): boolean {
  return /:\/\/|^\W*postgres(ql)?:|^\W*\w[\w+.-]*:(\/|.*@)|\bpassword\s*=/is.test(text)
}

/** The same address without its password, for messages and commands; undefined for a text that cannot be read as an address. */
export function withoutPassword(address: string): string | undefined {
  if (!isPostgresAddress(address) || !URL.canParse(address)) return undefined
  const url = new URL(address)
  url.password = ''
  // Deleting also rewrites all other parameters, so do it only if there is a password.
  if (url.searchParams.has('password')) url.searchParams.delete('password')
  return url.href
}

/** The password in an address; undefined if it has none. */
export function passwordIn(address: string): string | undefined {
  if (!isPostgresAddress(address) || !URL.canParse(address)) return undefined
  const { password, searchParams } = new URL(address)
  return searchParams.get('password') ?? (password === '' ? undefined : decodeURIComponent(password))
}
