import { writeFile } from 'node:fs/promises'
import { ComponentType, HashAlgorithm } from '@cyclonedx/cyclonedx-library/Enums'
import { Bom, type Component, HashDictionary } from '@cyclonedx/cyclonedx-library/Models'
import { JSON as Json, JsonSerializer } from '@cyclonedx/cyclonedx-library/Serialize'
import { Spec1dot6 } from '@cyclonedx/cyclonedx-library/Spec'
import { component, type Part } from './part.ts'

export interface Product extends Part {
  /** Of the file that is released; of an image, of its manifest. */
  readonly sha256: string
  readonly parts: readonly Part[]
}

/**
 * Writes what a product consists of as CycloneDX 1.6 JSON. The same product makes the same bytes: it has no time and no random number.
 */
export async function writeBom(path: string, product: Product): Promise<void> {
  await writeFile(path, bomText(product))
}

/** The text of `writeBom`. Tests check it against the schema of CycloneDX. */
export function bomText({ parts, sha256, ...product }: Product): string {
  // The library would leave out what is no digest, without a word.
  if (!/^[0-9a-f]{64}$/.test(sha256)) throw new Error(`${sha256} is no SHA-256 of ${product.name}.`)
  const bom = new Bom()
  const whole = component({ type: ComponentType.Application, ...product })
  whole.hashes = new HashDictionary([[HashAlgorithm['SHA-256'], sha256]])
  bom.metadata.component = whole
  for (const part of parts) {
    const one: Component = component(part)
    bom.components.add(one)
    whole.dependencies.add(one.bomRef)
  }
  const serializer = new JsonSerializer(new Json.Normalize.Factory(Spec1dot6))
  return `${serializer.serialize(bom, { sortLists: true, space: 2 })}\n`
}
