/** A `Buffer` where Node's types are, and where they are not, what it is besides: our types ask nobody to have `@types/node`. */
export type Bytes = typeof globalThis extends { Buffer: { prototype: infer B } } ? B : Uint8Array
