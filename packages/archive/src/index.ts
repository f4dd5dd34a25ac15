export { type ArchiveSinkOptions, archiveSink } from './archive-sink.ts'
export type { ArchiveWarning, OnArchiveWarning } from './archive-warning.ts'
export { archiveKeyProblem } from './manifest/signature.ts'
export type { Compression } from './compression.ts'
export { type FolderStoreOptions, folderStore } from './store/folder-store.ts'
export type { ObjectStore, StoredObject } from './store/object-store.ts'
export {
  type ArchiveProblem,
  type ArchiveProblemCode,
  type ArchiveReport,
  type LaneReport,
  type VerifyArchiveOptions,
  verifyArchive,
} from './verify/verify-archive.ts'
