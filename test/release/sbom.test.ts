import { createHash } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Spec1dot6 } from '@cyclonedx/cyclonedx-library/Spec'
import { JsonStrictValidator } from '@cyclonedx/cyclonedx-library/Validation'
import { beforeAll, describe, expect, test } from 'vitest'
import { type BundledCommand, bundledCommand } from '../../scripts/bundle/bundle.ts'
import { releasedPackages } from '../../scripts/release/packages.ts'
import { sha256 } from '../../scripts/release/sha256.ts'
import { partsOfBundle } from '../../scripts/sbom/parts-of-bundle.ts'
import { partsOfNode } from '../../scripts/sbom/parts-of-node.ts'
import { bomText, type Product, writeBom } from '../../scripts/sbom/write-bom.ts'
import { temporaryFolder } from '../support/commands/run-command.ts'
import type { ListedPart, ListOfParts } from '../support/release/list-of-parts.ts'
import { repository } from '../support/release/packed-packages.ts'

const componentsOf = (text: string): readonly ListedPart[] =>
  (JSON.parse(text) as ListOfParts).components ?? []

const productOf = (parts: Product['parts']): Product => ({
  name: 'asana-audit',
  version: '1.2.3',
  license: 'Apache-2.0',
  origin: { type: 'npm' },
  sha256: '0'.repeat(64),
  parts,
})

describe('what the bundle of the command consists of, as CycloneDX', () => {
  let bundle: BundledCommand
  let text = ''
  beforeAll(async () => {
    bundle = await bundledCommand()
    text = bomText(productOf(partsOfBundle(bundle.packages)))
  })

  test('keeps to the schema, which a field of nobody does not', async () => {
    const validator = new JsonStrictValidator(Spec1dot6.version)
    expect(await validator.validate(text)).toBeNull()
    expect(await validator.validate(text.replace('"purl"', '"pearl"'))).not.toBeNull()
  })

  test('names each package of others that the licences name, with the same version and licence', () => {
    const notices = bundle.files.get('THIRD-PARTY-NOTICES.txt') ?? ''
    const noticed = [...notices.matchAll(/^(\S+) (\d\S+) \((\S+)\)$/gm)].map(([, ...fields]) => fields)
    expect(noticed.length).toBeGreaterThan(5)
    const others = componentsOf(text)
      .filter(({ group }) => group !== '@asana-audit')
      .map(({ group, name, version, licenses }) => [
        group === undefined ? name : `${group}/${name}`,
        version,
        licenses?.[0]?.license?.id,
      ])
    expect(others.toSorted()).toEqual(noticed.toSorted())
  })

  test('names our own packages, and a package URL for each', () => {
    const components = componentsOf(text)
    const ours = components.filter(({ group }) => group === '@asana-audit').map(({ name }) => name)
    expect(ours).toEqual(expect.arrayContaining(['core', 'otlp', 'schema']))
    const [{ manifest }] = releasedPackages(repository) as [ReturnType<typeof releasedPackages>[number]]
    expect(components.map(({ purl }) => purl)).toContain(`pkg:npm/%40asana-audit/core@${manifest.version}`)
  })

  test('is the same text for the same bundle', async () => {
    const again = await bundledCommand()
    expect(bomText(productOf(partsOfBundle(again.packages)))).toBe(text)
  })
})

test('Node is a part of the executable, with the OpenSSL and the SQLite that it reports', () => {
  const [node] = componentsOf(bomText(productOf([partsOfNode()])))
  expect(node).toMatchObject({ name: 'node', version: process.versions.node })
  const { openssl, sqlite } = process.versions
  expect(node?.components).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ name: 'openssl', version: openssl }),
      expect.objectContaining({ name: 'sqlite', version: sqlite }),
    ]),
  )
  expect(node?.components?.filter(({ version }) => !version)).toEqual([])
})

test('a licence that SPDX does not know is refused', () => {
  const part = { name: 'one', version: '1', license: 'Ours', origin: { type: 'npm' } }
  expect(() => bomText(productOf([part]))).toThrow('SPDX does not know the licence Ours.')
})

test('what is written carries the SHA-256 of its file', async () => {
  const path = join(temporaryFolder(), 'package.tgz')
  writeFileSync(path, 'a package')
  const product = { ...productOf([]), sha256: await sha256(path) }
  await writeBom(`${path}.cdx.json`, product)
  expect(JSON.parse(readFileSync(`${path}.cdx.json`, 'utf8')).metadata.component.hashes).toEqual([
    { alg: 'SHA-256', content: createHash('sha256').update('a package').digest('hex') },
  ])
  expect(() => bomText({ ...product, sha256: 'sha256:1234' })).toThrow('sha256:1234 is no SHA-256')
})
