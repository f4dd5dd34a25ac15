import { readFileSync } from 'node:fs'
import { Spec1dot6 } from '@cyclonedx/cyclonedx-library/Spec'
import { JsonStrictValidator } from '@cyclonedx/cyclonedx-library/Validation'

export interface ListedPart {
  readonly name: string
  readonly group?: string
  readonly version: string
  readonly purl: string
  readonly licenses?: readonly { readonly license?: { readonly id: string }; readonly expression?: string }[]
  readonly components?: readonly ListedPart[]
}

export interface ListOfParts {
  readonly metadata: {
    readonly component: ListedPart & { readonly hashes: readonly [{ readonly content: string }] }
  }
  readonly components?: readonly ListedPart[]
}

/** Reads a `….cdx.json`; rejects if it does not keep to the schema of CycloneDX. */
export async function readListOfParts(path: string): Promise<ListOfParts> {
  const text = readFileSync(path, 'utf8')
  const problem = await new JsonStrictValidator(Spec1dot6.version).validate(text)
  if (problem !== null) throw new Error(`${path} is not CycloneDX: ${JSON.stringify(problem)}`)
  return JSON.parse(text) as ListOfParts
}
