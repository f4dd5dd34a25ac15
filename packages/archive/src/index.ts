export { archiveSink } from './archive-sink.ts'
export type { ArchiveSinkOptions } from './archive-sink-options.ts'
export type { ArchiveWarning, OnArchiveWarning } from './archive-warning.ts'
export { type CompactArchiveOptions, compactArchive } from './compact/compact-archive.ts'
export type { CompactedDay, JoinedObject } from './compact/compact-day.ts'
export type { ChainHead } from './manifest/manifest-chain.ts'
export {
  type FindEventOptions,
  type FirstRecord,
  type FoundEvent,
  findEvent,
  type UnreadObject,
} from './find-event.ts'
export { isDay } from './layout/object-key.ts'
export { archiveFormatsProblem } from './formats/formats-problem.ts'
export { type OcsfFormatOptions, ocsfProblem } from './formats/ocsf/ocsf-parquet.ts'
export type { ArchiveFormat } from './formats/object-form.ts'
export type { ArchiveViewOptions } from './formats/view-options.ts'
export { archiveKeyProblem } from './manifest/signature.ts'
export type { Compression } from './compression.ts'
export { type ArchivePosition, decodePosition as archivePosition } from './read/archive-position.ts'
export { type ArchiveSource, type ArchiveSourceOptions, archiveSource } from './read/archive-source.ts'
export type { ArchivedEvent } from './read/planned-events.ts'
export type { ReadProgress } from './manifest/read-progress.ts'
export { type ReadArchiveOptions, readArchive } from './read/read-archive.ts'
export type { S3Access, S3AccessReader } from './s3/access/s3-access.ts'
export {
  type S3AccessFromEnv,
  type S3AccessFromEnvOptions,
  s3AccessFromEnv,
} from './s3/access/s3-access-from-env.ts'
export {
  type S3AddressOptions,
  type S3AddressProblem,
  s3AddressProblem,
  s3BucketUrl,
} from './s3/s3-address.ts'
export { type BucketLock, s3BucketLock } from './s3/bucket-lock.ts'
export { s3BucketVersions } from './s3/bucket-versions.ts'
export { type S3ObjectOptions, type S3ObjectProblem, s3ObjectProblem } from './s3/object-headers.ts'
export type { S3ConnectionOptions } from './s3/s3-connection.ts'
export { type S3StoreOptions, s3Store } from './s3/s3-store.ts'
export { type FolderStoreOptions, folderStore } from './store/folder-store.ts'
export type { ObjectStore, StoredObject } from './store/object-store.ts'
export { type CompareArchiveOptions, compareArchive } from './verify/compare-archive.ts'
export {
  type ArchiveProblem,
  type ArchiveProblemCode,
  type ArchiveReport,
  type FormatReport,
  type LaneReport,
  type VerifyArchiveOptions,
  verifyArchive,
} from './verify/verify-archive.ts'
