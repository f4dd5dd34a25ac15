/** The key of an object that says what a bucket holds. It is created first, to see whether the store creates without overwriting. */
export const markerKey = '_archive.json'

export const markerBytes: Uint8Array = Buffer.from('{"archive":"asana-audit","version":1}\n')
