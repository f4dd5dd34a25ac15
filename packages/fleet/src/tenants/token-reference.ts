import { type Command, commandOf, isSecretShaped } from '@asana-audit/core/config'

/** Where a tenant's token is, as its reference says. */
export type TokenReference =
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'env'; readonly variable: string }
  | { readonly kind: 'exec'; readonly command: Command }

const good =
  'Give file:/run/secrets/acme-token, env:ACME_TOKEN or exec:vault kv get -field=token secret/acme. The token itself never goes into the database.'

/** What a reference means, or what is wrong with it: a sentence that quotes nothing of it, since it may be a token by mistake. */
export function tokenReference(written: string): TokenReference | { readonly wrong: string } {
  const [, kind, value = ''] = /^(file|env|exec):(.*)$/s.exec(written.trim()) ?? []
  if (kind === undefined) return { wrong: `It does not say where the token is. ${good}` }
  if (kind === 'exec') {
    const command = commandOf(value)
    return 'wrong' in command ? command : { kind, command }
  }
  if (kind === 'env') {
    if (isSecretShaped(value)) return { wrong: `It looks like the token itself. ${good}` }
    return /^[A-Za-z_]\w*$/.test(value)
      ? { kind, variable: value }
      : { wrong: `What comes after env: is not the name of an environment variable. ${good}` }
  }
  // Workers run on several machines and in any folder.
  return value.startsWith('/') || /^[A-Za-z]:[\\/]/.test(value)
    ? { kind: 'file', path: value }
    : { wrong: `What comes after file: is not a whole path. ${good}` }
}
