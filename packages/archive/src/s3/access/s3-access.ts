import type { SecretReader } from '@asana-audit/core/sink-kit'

/** A key of AWS or of a store like it. */
export interface S3Access {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  /** Only temporary keys have one. */
  readonly sessionToken?: string | undefined
}

/** Returns the key, before each request. */
export interface S3AccessReader {
  (): S3Access | Promise<S3Access>
  /** Looks for another key at once: the store has refused the last one. Left out: the function is called once more. */
  readonly again?: (() => Promise<S3Access>) | undefined
}

/** A key is handled like any secret of ours, as a text: it is read again after a refusal, and watched in a pause. */
export function accessAsSecret(access: S3Access | S3AccessReader): string | SecretReader {
  if (typeof access !== 'function') return textOf(access)
  return Object.assign(async () => textOf(await access()), {
    another: async (refused: ReadonlySet<string>) => {
      const text = textOf(await (access.again ?? access)())
      return refused.has(text) ? undefined : text
    },
  })
}

export function accessOf(text: string): S3Access {
  return JSON.parse(text) as S3Access
}

function textOf({ accessKeyId, secretAccessKey, sessionToken }: S3Access): string {
  return JSON.stringify({ accessKeyId, secretAccessKey, sessionToken })
}
