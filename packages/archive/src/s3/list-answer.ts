import { XmlElement } from '@rgrove/parse-xml'
import { xmlRoot } from './xml-root.ts'

export interface ListAnswer {
  readonly objects: readonly { readonly key: string; readonly storedAt: number }[]
  /** Where the next page begins; undefined: there is none. */
  readonly next: string | undefined
}

/** Undefined if the text is not an answer to ListObjectsV2. Keys are as they are in the bucket: a store may ignore that they were asked for in the form of URLs. */
export function readListAnswer(xml: string): ListAnswer | undefined {
  const root = xmlRoot(xml, 'ListBucketResult')
  if (!root) return undefined
  const keyOf = textOf(root, 'EncodingType') === 'url' ? decodedKey : (text: string) => text
  const objects: { key: string; storedAt: number }[] = []
  for (const one of childrenOf(root, 'Contents')) {
    const text = textOf(one, 'Key')
    const key = text === undefined ? undefined : keyOf(text)
    const storedAt = Date.parse(textOf(one, 'LastModified') ?? '')
    if (key === undefined || Number.isNaN(storedAt)) return undefined
    objects.push({ key, storedAt })
  }
  if (textOf(root, 'IsTruncated') !== 'true') return { objects, next: undefined }
  const next = textOf(root, 'NextContinuationToken')
  return next ? { objects, next } : undefined
}

/** Undefined if it is not encoded as stores do, which write a blank as a plus. */
function decodedKey(text: string): string | undefined {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    return undefined
  }
}

function childrenOf(element: XmlElement, name: string): XmlElement[] {
  return element.children.filter(
    (child): child is XmlElement => child instanceof XmlElement && child.name === name,
  )
}

function textOf(element: XmlElement, name: string): string | undefined {
  return childrenOf(element, name)[0]?.text
}
