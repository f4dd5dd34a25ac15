/** A `Buffer` if Node's types are installed, else a `Uint8Array`: our types do not require `@types/node`. */
export type Bytes = typeof globalThis extends { Buffer: { prototype: infer B } } ? B : Uint8Array
