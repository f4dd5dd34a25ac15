const units: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/** `90s`, `10m`, `24h`, `30d` in milliseconds; undefined for anything else. */
export function parseTimespan(text: string): number | undefined {
  const [, number, unit] = /^([1-9]\d{0,6})([smhd])$/.exec(text) ?? []
  return number === undefined || unit === undefined ? undefined : Number(number) * (units[unit] ?? 0)
}
