/** A number with three significant digits and separated thousands. */
export function number(value: number): string {
  if (value >= 1000) return Math.round(value).toLocaleString('en')
  if (value >= 100) return value.toFixed(0)
  if (value >= 10) return value.toFixed(1)
  return value.toFixed(2)
}

export function times(value: number | undefined): string {
  return value === undefined || !Number.isFinite(value) ? '–' : `${number(value)} ×`
}

export function share(part: number, whole: number): string {
  return part === 0 ? '0' : `${number((part / whole) * 100)} %`
}
