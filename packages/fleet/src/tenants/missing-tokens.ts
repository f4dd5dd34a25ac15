import { namedFile, readSmallFile } from '@asana-audit/core/config'
import { codeOf } from '@asana-audit/core/sink-kit'
import { type CsvProblem, readTenantCsv } from './tenant-csv.ts'
import { tokenReference } from './token-reference.ts'

/** Where tokens are looked for. */
export interface TokenPlace {
  /** The variables that `env:` references may name. */
  readonly env: Readonly<Record<string, string | undefined>>
  /**
   * The programs that `exec:` references may run.
   * @default not checked
   */
  readonly programs?: readonly string[] | undefined
}

/** The same limit as for the file of a secret. */
const maxBytes = 65_536

/**
 * Why the token of a reference cannot be read on this machine, as a sentence. Undefined if it can, if only a run of its program would tell, or
 * if the reference is wrong itself, which `tenantProblems` says.
 */
export function missingToken(written: string, { env, programs }: TokenPlace): string | undefined {
  const reference = tokenReference(written)
  if ('wrong' in reference) return undefined
  switch (reference.kind) {
    case 'file':
      return missingFile(reference.path)
    case 'env':
      if (env[reference.variable]?.trim()) return undefined
      return `The environment variable ${reference.variable} is not set here.`
    case 'exec': {
      const [program] = reference.command
      if (programs === undefined || programs.includes(program)) return undefined
      return `The fleet's file does not allow to run ${program}. This line in it does: token_programs: [${program}]`
    }
  }
}

/** The same for all lines of a CSV. None of them is surely wrong: workers on other machines may have what is missing here. */
export function missingTokens(csv: string, place: TokenPlace): CsvProblem[] {
  return readTenantCsv(csv).tenants.flatMap(({ line, tenant }) => {
    const message = missingToken(tenant.tokenRef, place)
    return message === undefined ? [] : [{ line, field: 'token_ref', message }]
  })
}

function missingFile(path: string): string | undefined {
  try {
    if (readSmallFile(path, maxBytes).trim() !== '') return undefined
    return `The file of the token${namedFile(path)} is empty here.`
  } catch (error) {
    return `The file of the token${namedFile(path)} cannot be read here (${codeOf(error)}).`
  }
}
