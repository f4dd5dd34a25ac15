import { parseXml, type XmlElement } from '@rgrove/parse-xml'

/** The root of an answer in XML. Undefined if the text is not XML, or has a root of another name. */
export function xmlRoot(xml: string, name: string): XmlElement | undefined {
  try {
    const { root } = parseXml(xml)
    return root?.name === name ? root : undefined
  } catch {
    return undefined
  }
}
