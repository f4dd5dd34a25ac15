import { canonicalJson } from '@asana-audit/schema/lossless'
import { z } from 'zod'
import { archiveFormats } from '../formats/object-form.ts'
import { readKey } from '../layout/object-key.ts'
import type { ObjectFacts } from '../objects/object-facts.ts'
import { sha256 } from '../sha256.ts'
import type { Signature, SigningKey } from './signature.ts'

/** What the manifest holds of one object: a link of the chain of its lane. Stored as an object of its own and never changed. */
export interface ManifestEntry extends ObjectFacts {
  readonly version: 1
  readonly lane: string
  /** From 1 on, without a gap. */
  readonly sequence: number
  /** The SHA-256 of the entry before, as it is stored; null in the first one. */
  readonly previous: string | null
  /** RFC 3339. */
  readonly written_at: string
  /** Of a joined object: the keys of the objects whose events it holds, one after the other. They may be gone. */
  readonly replaces?: readonly string[] | undefined
  /** Over the canonical form of all other members. */
  readonly signature?: Signature | undefined
}

export const manifestFolder = '_manifest/'

const digest = z.string().regex(/^[0-9a-f]{64}$/)
const time = z.iso.datetime()
const count = z.int().min(1)
// Anybody may have written an entry. Its keys are read, and compared, so they must not lead out of the archive.
const objectKey = z.string().refine((key) => readKey(key) !== undefined)

const form: z.ZodType<ManifestEntry> = z.strictObject({
  ...{ version: z.literal(1), lane: z.string(), sequence: count, previous: digest.nullable() },
  ...{ key: objectKey, format: z.enum(archiveFormats), rows: count, first: time, last: time, bytes: count },
  ...{ sha256: digest, ids_sha256: digest, content_sha256: digest, written_at: time },
  replaces: z.array(objectKey).min(2).optional(),
  signature: z.strictObject({ public_key_sha256: digest, ed25519: z.base64() }).optional(),
})

// More digits would not be one exact number, and the number after it could be the same one.
const keyForm = /^(_manifest\/[^/]+\/)(\d{10,15})\.json$/

/** The folder of a lane. Lanes are names of pipelines, so they may hold anything. A name that begins with a dot would be hidden in a folder. */
export function laneFolder(lane: string): string {
  const name = /^[\w-][\w.-]{0,99}$/.test(lane) ? lane : `x-${sha256(lane).slice(0, 32)}`
  return `${manifestFolder}${name}/`
}

export function entryKey(lane: string, sequence: number): string {
  return entryKeyIn(laneFolder(lane), sequence)
}

/** `folder`: that of the lane. */
export function entryKeyIn(folder: string, sequence: number): string {
  return `${folder}${String(sequence).padStart(10, '0')}.json`
}

/** The folder of the lane and the number, from the key of an entry; undefined for any other key. */
export function readEntryKey(
  key: string,
): { readonly folder: string; readonly sequence: number } | undefined {
  const [, folder, digits] = keyForm.exec(key) ?? []
  return folder === undefined ? undefined : { folder, sequence: Number(digits) }
}

/** The bytes of an entry as they are stored. */
export function entryBytes(entry: Omit<ManifestEntry, 'signature'>, signingKey?: SigningKey): Uint8Array {
  const unsigned = canonicalJson(entry)
  if (!signingKey) return Buffer.from(`${unsigned}\n`)
  return Buffer.from(`${canonicalJson({ ...entry, signature: signingKey.sign(unsigned) })}\n`)
}

/** The entry in these bytes. Undefined if they are not an entry, or differ from what `entryBytes` writes for it, even by a blank. */
export function readEntry(bytes: Uint8Array): ManifestEntry | undefined {
  const text = Buffer.from(bytes).toString('utf8')
  try {
    const { data } = form.safeParse(JSON.parse(text))
    return data && `${canonicalJson(data)}\n` === text ? data : undefined
  } catch {
    return undefined
  }
}

/** What a signature is over. */
export function signedText({ signature: _, ...unsigned }: ManifestEntry): string {
  return canonicalJson(unsigned)
}
