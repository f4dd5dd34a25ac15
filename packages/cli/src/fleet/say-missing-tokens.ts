import { sayWarning } from '../terminal/say.ts'

/** A tenant whose token this machine cannot read. */
export interface MissingToken {
  /** Where it is written, such as `line 3`, or the name of the tenant. */
  readonly place: string
  readonly message: string
}

/** Most that are told one by one. */
const most = 20

/** Warns of tokens that cannot be read here, before their tenants are written. They are no mistakes for sure: the workers may have them. */
export function sayMissingTokens(missing: readonly MissingToken[]): void {
  if (missing.length === 0) return
  for (const { place, message } of missing.slice(0, most)) sayWarning({ message: `${place}: ${message}` })
  const more = missing.length - most
  if (more > 0) sayWarning({ message: `and ${more.toLocaleString('en')} more; --json lists all of them.` })
  const count = missing.length === 1 ? '1 token' : `${missing.length.toLocaleString('en')} tokens`
  sayWarning({
    message: `${count} cannot be read on this machine. That is fine if the workers can read it where they run; a tenant whose worker cannot is paused.`,
  })
}
