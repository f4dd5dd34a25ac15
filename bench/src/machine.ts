import { arch, cpus, loadavg, platform, totalmem } from 'node:os'

/** Above this share of its cores a machine is busy with something else. */
const quiet = 0.5

export function isBusy({ load, cores }: Machine): boolean {
  return load > quiet * cores
}

/** The properties of the machine that the numbers depend on, without its owner or name. */
export interface Machine {
  readonly cpu: string
  readonly cores: number
  readonly memoryGb: number
  readonly platform: string
  readonly node: string
  /** How many programs wanted a core when the run began. */
  readonly load: number
}

export function machine(): Machine {
  const cores = cpus()
  return {
    cpu: cores[0]?.model.trim() ?? 'unknown',
    cores: cores.length,
    memoryGb: Math.round(totalmem() / 2 ** 30),
    platform: `${platform()} ${arch()}`,
    node: process.version,
    load: Math.round((loadavg()[0] ?? 0) * 10) / 10,
  }
}
