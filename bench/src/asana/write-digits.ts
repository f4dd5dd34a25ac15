/** `value` in decimal with leading zeros. */
export function writeDigits(into: Uint8Array, at: number, digits: number, value: number): void {
  let rest = value
  for (let place = at + digits - 1; place >= at; place--) {
    const next = Math.floor(rest / 10)
    into[place] = 48 + rest - next * 10
    rest = next
  }
}

const hourMs = 3_600_000
let hour = Number.NaN
let prefix = Buffer.alloc(0)

/** Writes a time in the form of `toISOString` over another one. */
export function writeTime(into: Uint8Array, at: number, ms: number): void {
  const itsHour = Math.floor(ms / hourMs)
  if (itsHour !== hour) {
    hour = itsHour
    prefix = Buffer.from(new Date(ms).toISOString().slice(0, 'yyyy-mm-ddThh:'.length))
  }
  for (let i = 0; i < prefix.length; i++) into[at + i] = prefix[i]!
  const within = ms - hour * hourMs
  const seconds = Math.floor(within / 1000)
  writeDigits(into, at + 14, 2, Math.floor(seconds / 60))
  writeDigits(into, at + 17, 2, seconds % 60)
  writeDigits(into, at + 20, 3, within % 1000)
}
