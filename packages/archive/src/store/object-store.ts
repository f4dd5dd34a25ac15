export interface StoredObject {
  /** Below the place of the archive, with slashes. */
  readonly key: string
  /** Milliseconds since 1970, by the clock of the store. */
  readonly storedAt: number
}

/** Something that lies among the objects but is not a file. Nothing opens it. */
export interface NotAFile {
  /** Its key, in the same form as the key of an object. */
  readonly key: string
  /** What it is, as part of a sentence, such as `a named pipe`. */
  readonly kind: string
}

/** A place for objects that are created and read, and never changed. All methods reject with faults. */
export interface ObjectStore {
  /** The place as messages name it: a path, or `s3://bucket/prefix`. */
  readonly place: string
  /** Called before the first write: rejects if another process writes there, as far as the store can tell. */
  claim(): Promise<void>
  /** Resolves with `created` once the object is durable, or with `exists` if there is one at that key, which stays as it is. */
  create(key: string, bytes: Uint8Array, signal?: AbortSignal): Promise<'created' | 'exists'>
  /** The bytes of the object with that key. Undefined if there is no such object, or if a folder or something else has that name. */
  read(key: string, signal?: AbortSignal): Promise<Uint8Array | undefined>
  /** All objects whose keys begin with `folder`, which ends with a slash or is empty. Those of one folder come in the order of their keys. */
  list(folder: string, signal?: AbortSignal): AsyncIterable<StoredObject>
  /** What lies below `folder` and is neither an object nor a folder. A bucket holds nothing of the kind. */
  notFiles?(folder: string): AsyncIterable<NotAFile>
  /** Called before the first `remove`: rejects with a fatal `object_lock` where objects may be locked. */
  allowsRemoval(signal?: AbortSignal): Promise<void>
  /** Removes an object for good, as far as the store keeps no versions. Only `compactArchive` calls it. Resolves also if there is none. */
  remove(key: string, signal?: AbortSignal): Promise<void>
  /** See `Sink.changed`. */
  changed?(signal: AbortSignal): Promise<void>
  /** A second call does nothing. */
  close(): Promise<void>
}
