import { statfsSync } from 'node:fs'

/** The `f_type` of Linux's statfs(2) for network file systems, and for those that may be one: FUSE and 9p do not say what is behind them. */
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

/** The kind of network file system of an `f_type` on Linux; undefined: not a network file system, or unknown. */
export function networkFileSystem(type: number): string | undefined {
  // On 32-bit systems the number is signed.
  return types.get(type >>> 0)
}

/** The network file system of a file or folder. Works on Linux, and on Windows by the form of the path; elsewhere undefined. */
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
