import { ComponentType } from '@cyclonedx/cyclonedx-library/Enums'
import {
  Component,
  type License,
  LicenseExpression,
  LicenseRepository,
  SpdxLicense,
} from '@cyclonedx/cyclonedx-library/Models'
import { isSupportedSpdxId } from '@cyclonedx/cyclonedx-library/SPDX'
import { PackageURL } from 'packageurl-js'

/** Where a part can be found again: the parts of a package URL, https://github.com/package-url/purl-spec. */
export interface Origin {
  /** `npm`, `deb`, `oci`, or `generic` for what is in no registry. */
  readonly type: string
  readonly namespace?: string
  /** Where it is another one than the part's: of an image, the digest. */
  readonly version?: string
  readonly qualifiers?: Readonly<Record<string, string>>
}

export interface Part {
  readonly name: string
  readonly version: string
  readonly origin: Origin
  /** An SPDX expression. Left out where a part states none that a program reads. */
  readonly license?: string
  readonly type?: ComponentType
  /** What it is made of. */
  readonly parts?: readonly Part[]
}

/** A part as CycloneDX has it. Its package URL is its reference, so that the same part always has the same one. */
export function component({ name, version, origin, license, type, parts = [] }: Part): Component {
  const { namespace, qualifiers } = origin
  const purl = new PackageURL(
    origin.type,
    namespace,
    name,
    origin.version ?? version,
    qualifiers && { ...qualifiers },
  ).toString()
  const made = new Component(type ?? ComponentType.Library, name, { version, purl, bomRef: purl })
  if (namespace?.startsWith('@')) made.group = namespace
  if (license !== undefined) made.licenses = new LicenseRepository([licenseOf(license)])
  for (const part of parts) {
    const inner = component(part)
    made.components.add(inner)
    made.dependencies.add(inner.bomRef)
  }
  return made
}

/** An unknown licence would be written as a name of nobody's, which no program can judge. */
function licenseOf(spdx: string): License {
  if (spdx.includes(' ')) return new LicenseExpression(spdx)
  if (!isSupportedSpdxId(spdx)) throw new Error(`SPDX does not know the licence ${spdx}.`)
  return new SpdxLicense(spdx)
}
