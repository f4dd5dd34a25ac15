import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync, readdirSync, readFileSync } from 'node:fs'
import { token, workspace } from './src/asana/page-server.ts'
import { startServers } from './src/servers.ts'

const events = Number(process.argv[2] ?? 200000)
const servers = await startServers()
const bin = new URL("../packages/cli/src/bin.ts", import.meta.url).pathname
async function once(tos: string[], cmd: string[]) {
  await servers.set(
    {
      events,
      density: 'uniform',
      days: 89, everyMs: null, eventBytes: 0,
      latencyMs: 0,
      requestsPerMinute: null,
      gzip: true,
      warmUp: 1000,
    } as never,
    {
      events,
      marker: 'log.record.uid',
      latencyMs: 0,
      outageMs: 0,
      refuseEvery: 0,
      refusal: 'partial',
      keep: false,
    } as never,
  )
  const dir = mkdtempSync('/tmp/lead/m-')
  const to: Record<string, string> = {
    otlp: `otlp:\n        endpoint: ${servers.receiverOrigin}`,
    hec: `splunk_hec:\n        url: ${servers.receiverOrigin}\n        token_file: ${dir}/hec`,
    file: `file:\n        path: ${dir}/out.jsonl`,
  }
  writeFileSync(`${dir}/token`, token, { mode: 0o600 })
  writeFileSync(`${dir}/hec`, 'bench-hec-token', { mode: 0o600 })
  writeFileSync(
    `${dir}/p.yaml`,
    `state: ${dir}/state.db\nrequests_per_minute: 1000000\npipelines:\n` +
      tos
        .map(
          (t) =>
            `  - name: ${t}\n    workspace: "${workspace}"\n    token_file: ${dir}/token\n    base_url: ${servers.asanaUrl}\n    to:\n      ${to[t]}\n`,
        )
        .join(''),
  )
  const t0=Date.now(); const child = spawn(
    process.execPath,
    [
      ...(process.env.NF?process.env.NF.split(" "):[]),
      ...(process.env.PROF ? ['--cpu-prof', `--cpu-prof-dir=${process.env.PROF}`] : []),
      '--import',
      'data:text/javascript,process.on("exit",()=>{const u=process.resourceUsage();console.error("USE",(u.userCPUTime+u.systemCPUTime)/1e3,u.maxRSS/1024,"user",u.userCPUTime/1e3,"sys",u.systemCPUTime/1e3,"faults",u.minorPageFault)})',
      bin,
      ...cmd,
      '--config',
      `${dir}/p.yaml`,
    ],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  )
  let out = ''
  let last = ''
  const iv = setInterval(() => {
    try {
      let rows: string[] = []
      for (const t of readdirSync(`/proc/${child.pid}/task`)) {
        const f = readFileSync(`/proc/${child.pid}/task/${t}/stat`, 'utf8')
        const c = /\((.*)\)/.exec(f)?.[1]
        const r = f.slice(f.lastIndexOf(')') + 2).split(' ')
        rows.push(`${c}:${(Number(r[11]) * 10 * 1000 / events).toFixed(1)}+${(Number(r[12]) * 10 * 1000/ events).toFixed(1)}`)
      }
      last = rows.join(' ')
    } catch {}
  }, 100)
  child.stderr.on('data', (d) => {
    out += d
  })
  child.stdout.on('data', (d) => {
    out += d
  })
  const code = await new Promise((r) => child.on('exit', r))
  const s = await servers.stats()
  rmSync(dir, { recursive: true })
  clearInterval(iv);console.log(last);const wall=Date.now()-t0; const use = /USE ([\d.]+) ([\d.]+)/.exec(out)
  console.log(
    tos.join('+'),
    'exit',
    code,
    'requests',
    s.asana.requests,
    'cpu us/event',
    ((Number(use?.[1]) * 1000) / events).toFixed(2),
    'rss',
    use?.[2],
  )
  if (code !== 0 || process.env.V) console.log(out)
}
for (const tos of (process.argv[3] ?? 'otlp,hec,file,otlp+hec+file').split(','))
  await once(tos.split('+'), (process.argv[4] ?? 'run --once').split(' '))
servers.stop()
process.exit(0)
