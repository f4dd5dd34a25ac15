/** Whether a text can be a gid of Asana: digits, today sixteen of them. A name or an address in its place would find nothing. */
export function isGid(text: string): boolean {
  return /^\d+$/.test(text)
}
