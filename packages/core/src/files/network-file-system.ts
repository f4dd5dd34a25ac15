import { statfsSync } from 'node:fs'

/** The `f_type` of Linux's statfs(2) for file systems of another machine, and for those that may be: what FUSE and 9p stand for is not told. */
const types: ReadonlyMap<number, string> = new Map([
  [0x6969, 'NFS'],
  [0x517b, 'SMB'],
  [0xfe534d42, 'SMB'],
  [0xff534d42, 'CIFS'],
  [0x01021997, '9p'],
  [0x65735546, 'FUSE, as sshfs and shared folders are'],
  [0x00c36400, 'CephFS'],
  [0x0bd00bd0, 'Lustre'],
  [0x47504653, 'GPFS'],
  [0x19830326, 'BeeGFS'],
  [0x5346414f, 'AFS'],
  [0x6b414653, 'AFS'],
  [0x73757245, 'Coda'],
  [0x01161970, 'GFS2'],
  [0x7461636f, 'OCFS2'],
])

/** The kind of network file system that `f_type` stands for on Linux; undefined: another kind, or nobody knows. */
export function networkFileSystem(type: number): string | undefined {
  // 32-bit systems have it with a sign.
  return types.get(type >>> 0)
}

/** The network file system a file or folder is on, as far as this system tells: Linux does, and Windows by the form of the path. */
export function networkFileSystemOf(path: string, platform: string = process.platform): string | undefined {
  if (platform === 'win32') return isUnc(path) ? 'a network share' : undefined
  if (platform !== 'linux') return undefined
  try {
    return networkFileSystem(statfsSync(path).type)
  } catch {
    return undefined // Whoever opens the file will say what is wrong with it.
  }
}

/** Such as `\\server\share\state.db`; `\\?\C:\` and `\\.\` are this machine. */
function isUnc(path: string): boolean {
  return /^(\\\\|\/\/)(?![?.][\\/])/.test(path) || /^\\\\\?\\UNC\\/i.test(path)
}
