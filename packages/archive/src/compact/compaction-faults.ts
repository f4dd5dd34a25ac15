import { type Fault, fault } from '@asana-audit/core'

const fatal = (code: string, message: string): Fault => fault({ fault: 'fatal', code, message })

export function notClosed(day: string, afterMs: number): Fault {
  const hours = afterMs / 3_600_000
  const message = `${day} is not closed: late events may come until ${hours} hours after its end. Nothing was joined; try it again then.`
  return fatal('day_not_closed', message)
}

export function manifestBroken(problem: string): Fault {
  const message = `The manifest does not agree with itself, so nothing was joined. ${problem} See asana-audit archive verify.`
  return fatal('manifest_broken', message)
}

export function keyMissing(place: string): Fault {
  const message = `The entries of ${place} are signed, and no key was given for the entries of joined objects. Give the private key (signingKey; for the command, --signing-key-file). Nothing was joined.`
  return fatal('signing_key_missing', message)
}

/** An object that is to be joined or removed is not as its entry says. */
export function damagedObject(problem: string): Fault {
  const message = `${problem} Nothing more was joined or removed. See asana-audit archive verify.`
  return fatal('damaged_object', message)
}

export function notJoined(key: string, lacking: readonly string[]): Fault {
  const message = `The joined object ${key} does not hold the events of ${lacking.join(', ')} as they were stored. Nothing was removed. Move ${key} away, and see who changes objects in this store.`
  return fatal('not_joined', message)
}

export function joinedGone(key: string): Fault {
  const message = `The joined object ${key} is gone right after it was written. Nothing was removed. If another archive compact joins objects there, wait until it has ended, and run this one again. Else run archive verify, and see who removes objects from this store.`
  return fatal('not_joined', message)
}

export function notRecorded(key: string, place: string): Fault {
  const message = `${place} does not give the entry of ${key} back as it was written, so nothing was removed. Run it again; if this stays, do not use this store.`
  return fault({ fault: 'temporary', code: 'entry_not_read_back', message })
}
