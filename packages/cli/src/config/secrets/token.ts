import { asanaTokenProblem, type FoundSecret, secretFileProblem } from '@asana-audit/core/config'
import { rotatingSecret, type SecretReader, tellOldSecret } from '@asana-audit/core/sink-kit'
import type { Problem, Warning } from '../../terminal/problem.ts'

/** A secret that is asked for each time it is needed, so that a corrected file is used without a restart. */
export interface Token {
  /** A reader for one part of a command. Warns which of two tokens has come into use, and that an earlier one is still in use. */
  readonly reader: (onWarning?: (warning: Warning) => void) => SecretReader
  /** Where the token and the second one come from. Pipelines with the same ones share a request budget. Holds no secret. */
  readonly source: string
}

export function tokenFrom(first: FoundSecret, second: FoundSecret | undefined): Token {
  const source = second ? `${first.origin}, and a second one from ${second.origin}` : first.origin
  return {
    source,
    reader(onWarning = () => {}) {
      const onUse = (inUse: 'first' | 'second'): void =>
        void (second && onWarning(tokenInUse(inUse, first, second)))
      const secret = second
        ? rotatingSecret({ first: first.secret, second: second.secret, onUse })
        : readerOf(first)
      const told = tellOldSecret(secret, (message) => onWarning({ code: 'old_credentials', message }))
      return Object.assign(told, { origin: source })
    },
  }
}

/** Stands in for a token with problems. It is never sent, because the pipeline does not start. */
export const noToken: Token = { reader: () => () => '', source: '' }

function readerOf({ secret }: FoundSecret): SecretReader {
  return typeof secret === 'string' ? () => secret : secret
}

function tokenInUse(inUse: 'first' | 'second', first: FoundSecret, second: FoundSecret): Warning {
  return inUse === 'second'
    ? {
        code: 'second_token',
        message: `Asana refuses the token from ${first.origin}, so the second one, from ${second.origin}, is in use. Put the new token in the place of the first one.`,
      }
    : { code: 'first_token', message: `The token from ${first.origin} is in use again.` }
}

/** What is wrong with a token file before anything starts. */
export function tokenFileProblem(setting: string, written: string, path = written): Problem | undefined {
  return secretFileProblem({ setting, path, written }, asanaTokenProblem)
}
