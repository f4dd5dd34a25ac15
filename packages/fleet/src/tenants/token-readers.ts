import { type Fault, fault } from '@asana-audit/core'
import { secretCommand, secretFile } from '@asana-audit/core/config'
import type { SecretReader } from '@asana-audit/core/sink-kit'
import { type TokenReference, tokenReference } from './token-reference.ts'

export interface TokenReadersOptions {
  /** The variables that `env:` references may name. */
  readonly env: Readonly<Record<string, string | undefined>>
  /**
   * The programs that `exec:` references may run, as they are written there. A reference comes from the database: without this list, whoever
   * may write into that could run anything on the workers.
   */
  readonly programs: readonly string[]
}

/** With more tenants than this, the reader that was asked for the longest time ago is made anew when it is needed. */
const mostReaders = 20_000

/**
 * Gives the reader of a reference. A file is looked at once a second at most and a command is run every five minutes, so a new token is used
 * without a restart, and at once after Asana refused the old one. A reader rejects with a fatal `token_reference`, `token_env`, `token_program`,
 * `token_file` or `secret_command`.
 */
export function tokenReaders({ env, programs }: TokenReadersOptions): (reference: string) => SecretReader {
  const readers = new Map<string, SecretReader>()

  function made(written: string): SecretReader {
    const reference = tokenReference(written)
    if ('wrong' in reference)
      return refusing('token_reference', `Its token_ref cannot be used. ${reference.wrong}`)
    return readerOf(reference)
  }

  function readerOf(reference: TokenReference): SecretReader {
    switch (reference.kind) {
      case 'file':
        return secretFile(reference.path)
      case 'env':
        return variable(reference.variable)
      case 'exec': {
        const [program] = reference.command
        if (programs.includes(program)) return secretCommand(reference.command)
        const message = `Its token_ref runs ${program}, and the fleet's file does not allow that. Write it there, for example token_programs: [${program}], and start the workers again.`
        return refusing('token_program', message)
      }
    }
  }

  function variable(name: string): SecretReader {
    return () => {
      const text = env[name]?.trim()
      if (text) return text
      const message = `The environment variable ${name}, which should hold the token, is not set for this worker. Set it, start the worker again, or give another token_ref.`
      throw refused('token_env', message)
    }
  }

  return (written) => {
    const reader = readers.get(written) ?? made(written)
    // Put it behind all others, so that the first reader is always the one to forget.
    readers.delete(written)
    readers.set(written, reader)
    const [first] = readers.keys()
    if (readers.size > mostReaders && first !== undefined) readers.delete(first)
    return reader
  }
}

function refusing(code: string, message: string): SecretReader {
  return () => {
    throw refused(code, message)
  }
}

function refused(code: string, message: string): Fault {
  return fault({ fault: 'fatal', code, message })
}
