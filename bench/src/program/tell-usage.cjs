// Loaded before a program that is measured until its end: at its exit it writes what it used into a file of its own.
const { existsSync, readFileSync, writeFileSync } = require('node:fs')
const { join } = require('node:path')

process.once('exit', () => {
  const { user, system } = process.cpuUsage()
  const usage = { cpuMs: (user + system) / 1000, peakMb: peakMb() }
  writeFileSync(join(process.env.BENCH_USAGE, `${process.pid}.json`), JSON.stringify(usage))
})

/** Linux begins `maxRSS` with that of the process that started this one, so there its own mark is read. */
function peakMb() {
  const status = '/proc/self/status'
  if (!existsSync(status)) return process.resourceUsage().maxRSS / 1024
  return Number(/^VmHWM:\s+(\d+)/m.exec(readFileSync(status, 'latin1'))[1]) / 1024
}
