import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Layer } from './layer.ts'

interface Descriptor {
  readonly mediaType: string
  readonly digest: string
  readonly size: number
}

export interface Image {
  readonly layer: Layer
  /** `config` of the image: user, entry point, labels. */
  readonly config: object
  /** The name that tools find it by, such as `0.1.0`. */
  readonly tag: string
}

const architectures: Readonly<Record<string, string>> = { x64: 'amd64', arm64: 'arm64' }

/**
 * Writes an image of one layer as an OCI layout: a folder that skopeo, umoci, crane and podman read. Returns the digest of the image.
 * https://github.com/opencontainers/image-spec/blob/main/image-layout.md
 */
export async function writeOciLayout(path: string, { layer, config, tag }: Image): Promise<string> {
  const architecture = architectures[process.arch]
  if (architecture === undefined) throw new Error(`There is no image for the processor ${process.arch}.`)
  const folder = await mkdtemp(join(dirname(path), 'building-image-'))
  try {
    await mkdir(join(folder, 'blobs/sha256'), { recursive: true })
    const about = await write('application/vnd.oci.image.config.v1+json', {
      created: new Date(0).toISOString(),
      architecture,
      os: 'linux',
      config,
      rootfs: { type: 'layers', diff_ids: [digestOf(layer.tar)] },
    })
    const manifest = await write('application/vnd.oci.image.manifest.v1+json', {
      schemaVersion: 2,
      mediaType: 'application/vnd.oci.image.manifest.v1+json',
      config: about,
      layers: [await writeBlob('application/vnd.oci.image.layer.v1.tar+gzip', layer.blob)],
    })
    const index = {
      schemaVersion: 2,
      manifests: [{ ...manifest, annotations: { 'org.opencontainers.image.ref.name': tag } }],
    }
    await writeFile(join(folder, 'index.json'), JSON.stringify(index))
    await writeFile(join(folder, 'oci-layout'), JSON.stringify({ imageLayoutVersion: '1.0.0' }))
    await rm(path, { recursive: true, force: true })
    await rename(folder, path)
    return manifest.digest
  } finally {
    await rm(folder, { recursive: true, force: true })
  }

  function write(mediaType: string, value: object): Promise<Descriptor> {
    return writeBlob(mediaType, Buffer.from(JSON.stringify(value)))
  }

  async function writeBlob(mediaType: string, blob: Buffer): Promise<Descriptor> {
    const digest = digestOf(blob)
    await writeFile(join(folder, 'blobs', digest.replace(':', '/')), blob)
    return { mediaType, digest, size: blob.length }
  }
}

const digestOf = (bytes: Buffer): string => `sha256:${createHash('sha256').update(bytes).digest('hex')}`
